#include "agent/manifests/apply.h"

#include <fmt/format.h>

#include "agent/manifests/merge.h"

namespace ordinal::manifests {
namespace {

using api::Json;

api::ObjectKey KeyOf(const api::Decoded& document) {
  const Json& metadata = api::Member(document.body, "metadata");
  return {std::string(document.kind->kind), api::ReadString(metadata, "namespace"), api::ReadString(metadata, "name")};
}

Json Marked(const Json& body, const std::string& file) {
  Json marked = body;
  Json& annotations = marked["metadata"]["annotations"];
  if (!annotations.is_object()) annotations = Json::object();
  annotations[kFileAnnotation] = file;
  annotations[kLastAppliedAnnotation] = body.dump();
  return marked;
}

Json LastApplied(const api::Object& object) {
  const Json& annotations = api::Member(api::Member(object.body(), "metadata"), "annotations");
  const std::string text = api::ReadString(annotations, kLastAppliedAnnotation);
  Json last = text.empty() ? Json() : Json::parse(text, nullptr, false);
  return last.is_discarded() ? Json() : last;
}

Error StillGoing(const api::ObjectKey& key) {
  return MakeError(ErrorCode::kFailedPrecondition,
                   fmt::format("{} is still going away; it is made anew when it is gone", ToString(key)));
}

/// A pod's spec cannot be changed in place: the pod is replaced, as the kubelet does with its manifest pods.
bool NeedsReplacement(const api::Object& current, const Json& merged) {
  return current.kind() == "Pod" && api::Member(current.body(), "spec") != api::Member(merged, "spec");
}

Task<Status> Create(store::Door& door, Json body) {
  CO_TRY([[maybe_unused]] const store::Written written, co_await door.Create(std::move(body)));
  co_return Status();
}

Task<Status> Change(store::Door& door, const api::Object& current, const Json& wanted) {
  Json merged = Merge(LastApplied(current), wanted, current.body());
  if (merged == current.body()) co_return Status();
  if (NeedsReplacement(current, merged)) {
    store::DeleteOptions options;
    options.preconditions.uid = current.uid();
    CO_TRY([[maybe_unused]] const api::Object deleted, co_await door.Delete(current.key(), options));
    co_return StillGoing(current.key());
  }
  CO_TRY([[maybe_unused]] const store::Written written, co_await door.Update(std::move(merged)));
  co_return Status();
}

}  // namespace

std::string FileOf(const api::Object& object) {
  return api::ReadString(api::Member(api::Member(object.body(), "metadata"), "annotations"), kFileAnnotation);
}

Task<Status> Apply(store::Door& door, const api::Decoded& document, const std::string& file) {
  const api::ObjectKey key = KeyOf(document);
  const Json wanted = Marked(document.body, file);
  const Result<api::Object> current = co_await door.store().Get(key);
  if (!current.ok() && current.error().code != ErrorCode::kNotFound) co_return current.error();
  if (!current.ok()) co_return co_await Create(door, wanted);
  if (api::ReadMeta(current->body()).deleting()) co_return StillGoing(key);
  const std::string owner = FileOf(*current);
  if (owner.empty()) {
    co_return MakeError(ErrorCode::kAlreadyExists,
                        fmt::format("{} exists already and was not made by a manifest: give this one another name", ToString(key)));
  }
  if (owner != file) {
    co_return MakeError(ErrorCode::kAlreadyExists,
                        fmt::format("{} is in manifest {} already: remove it from one of the two", ToString(key), owner));
  }
  co_return co_await Change(door, *current, wanted);
}

}  // namespace ordinal::manifests
