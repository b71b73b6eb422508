#include "agent/manifests/earlier.h"

#include "agent/api/text/json.h"

namespace ordinal::manifests {
namespace {

using api::Json;
using api::ObjectKey;

constexpr const char* kLastApplied = "ordinald/last-applied";

}  // namespace

Json EarlierDocument(const api::Object& live) {
  const Json& annotations = api::Member(api::Member(live.body(), "metadata"), "annotations");
  const auto last = api::ParseJson(api::ReadString(annotations, kLastApplied, "{}"));  // anybody may write it
  if (!last.ok() || !last->is_object()) return Json::object();
  const Json& metadata = api::Member(*last, "metadata");
  const ObjectKey said{api::ReadString(*last, "kind"), api::ReadString(metadata, "namespace"),
                       api::ReadString(metadata, "name")};
  return said == live.key() ? *last : Json::object();
}

Task<Status> BringUpToDate(objects::Objects& client, const api::Object& live, api::FieldWriter manager, WallTime now) {
  const api::KindInfo* kind = api::FindKind(live.kind());
  objects::Objects::Edit edit = [&, kind](const api::Object& current) -> Result<Json> {
    Json body = api::WithApplier(*kind, current.body(), EarlierDocument(current), manager, now);
    if (Json& metadata = body["metadata"]; metadata.contains("annotations"))
      metadata["annotations"].erase(kLastApplied);
    return body;
  };
  CO_TRYV(co_await client.Change(live.key(), std::move(edit), objects::WriteOptions()));
  co_return Status();
}

}  // namespace ordinal::manifests
