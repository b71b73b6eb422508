#include "agent/api/stored.h"

#include "agent/api/kind.h"
#include "agent/api/kinds/pod_defaults.h"
#include "agent/api/schema/check.h"
#include "agent/api/schema/types.h"

namespace ordinal::api {
namespace {

/// A revision keeps its set's template beside two members of its own, on which its name's hash depends
/// (controllers/statefulset/revisions.cc).
void CompleteRevision(Json& body) {
  if (!Member(Member(Member(body, "data"), "spec"), "template").is_object()) return;
  Json& kept = body["data"]["spec"]["template"];
  Json wanted = kept;
  wanted.erase("$patch");
  std::vector<FieldError> ignored;
  if (!CheckSchema(schema::kPodTemplateSpec, wanted, ignored)) return;
  if (wanted.contains("spec")) DefaultPodSpec(wanted["spec"]);
  if (kept.contains("$patch")) wanted["$patch"] = kept["$patch"];
  const Json& metadata = Member(kept, "metadata");
  if (metadata.is_object() && metadata.contains("creationTimestamp")) {
    wanted["metadata"]["creationTimestamp"] = metadata["creationTimestamp"];
  }
  kept = std::move(wanted);
}

}  // namespace

Json Completed(Json body) {
  const KindInfo* kind = FindKind(ReadString(body, "kind"));
  if (kind == nullptr || ReadString(body, "apiVersion") != ApiVersion(*kind)) return body;
  Json completed = body;
  std::vector<FieldError> ignored;
  if (!CheckSchema(*kind->schema, completed, ignored)) return body;
  if (kind->set_defaults != nullptr) kind->set_defaults(completed);
  if (kind->kind == "ControllerRevision") CompleteRevision(completed);
  return completed;
}

}  // namespace ordinal::api
