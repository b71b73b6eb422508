#include "agent/apiserver/rest/scale.h"

#include <algorithm>

#include "agent/api/scale.h"
#include "agent/apiserver/rest/fields.h"
#include "agent/apiserver/rest/show.h"
#include "agent/apiserver/rest/write.h"

namespace ordinal::apiserver::rest {
namespace {

using api::Json;

Json ScaleOf(const api::KindInfo& kind, const api::Object& object) {
  const Json& body = object.body();
  const api::Scale size = api::ReadScale(kind, body);
  Json scale = {{"kind", "Scale"}, {"apiVersion", "autoscaling/v1"}};
  for (const char* member : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
    api::Carry(api::Member(body, "metadata"), member, scale["metadata"]);
  }
  scale["spec"] = {{"replicas", size.wanted}};
  scale["status"] = {{"replicas", size.seen}};
  if (!size.selector.empty()) scale["status"]["selector"] = size.selector;
  return scale;
}

/// The wanted Scale, checked, carried into the object.
Result<Json> WithScale(const Call& call, const api::Object& current, const Json& scale) {
  const Json& metadata = api::Member(scale, "metadata");
  const std::string name = api::ReadString(metadata, "name"), ns = api::ReadString(metadata, "namespace");
  if (!api::Member(scale, "spec").is_object() && !api::Member(scale, "spec").is_null()) {
    return BadRequest("Scale: spec must be an object");
  }
  if ((!name.empty() && name != call.route.name) || (!ns.empty() && ns != call.route.ns)) {
    return BadRequest("the Scale's name or namespace does not match the URL");
  }
  const Json& replicas = api::Member(api::Member(scale, "spec"), "replicas");
  if (!replicas.is_null() && !replicas.is_number_integer()) return BadRequest("spec.replicas: must be a whole number");
  Json next = current.body();
  api::WriteScale(replicas.is_null() ? 0 : replicas.get<int64_t>(), next);
  for (const char* member : {"uid", "resourceVersion"}) {
    if (!api::ReadString(metadata, member).empty()) next["metadata"][member] = metadata[member];
  }
  return next;
}

Result<Json> ScaleBody(Call& call) {
  TRY(Json body, BodyOf(call));
  TRYV(CheckRepeats(call, "Scale"));
  if (api::ReadString(body, "kind") == "Scale") return body;
  return BadRequest("the body must be a Scale of autoscaling/v1");
}

}  // namespace

Task<Result<http::Response>> GetScale(Call& call) {
  api::ObjectKey key = call.key();
  CO_TRY(const api::Object object, co_await call.with.stored.Get(std::move(key)));
  co_return Answer(call.accept, 200, ScaleOf(call.kind(), object).dump());
}

Task<Result<http::Response>> WriteScale(Call& call, std::string_view verb) {
  const bool patches = verb == "patch";
  auto read = patches ? PatchOf(call) : ScaleBody(call);
  CO_TRY(Json body, std::move(read));
  if (patches) {
    CO_TRYV(CheckRepeats(call, "Scale"));
  }
  CO_TRY(objects::WriteOptions options, WriteOptionsOf(call));
  options.part = objects::WriteOptions::Part::kSpec;
  // A Scale has no lists: a strategic merge is a merge.
  static constexpr api::StructType kScale{"Scale", {}};
  objects::Objects::Edit edit = [&call, patches, body = std::move(body)](const api::Object& current) -> Result<Json> {
    if (!patches) return WithScale(call, current, body);
    TRY(const Json scale, ApplyPatch(call, body, ScaleOf(call.kind(), current), kScale));
    return WithScale(call, current, scale);
  };
  api::ObjectKey key = call.key();
  CO_TRY(const objects::Written written,
         co_await call.with.stored.Change(std::move(key), std::move(edit), std::move(options)));
  co_return Answer(call.accept, 200, ScaleOf(call.kind(), written.object).dump());
}

}  // namespace ordinal::apiserver::rest
