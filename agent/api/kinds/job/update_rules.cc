#include "agent/api/kinds/job/update_rules.h"

#include "agent/api/read.h"
#include "agent/api/selector.h"

namespace ordinal::api {
namespace {

/// Its requirements of nodes are put in their place; an affinity that has no other goes.
void TakeNodeAffinity(const Json& from, Json& pod) {
  const Json& wanted = Member(Member(from, "affinity"), "nodeAffinity");
  Json affinity = Member(pod, "affinity");
  if (!affinity.is_object()) affinity = Json::object();
  affinity.erase("nodeAffinity");
  if (!wanted.is_null()) affinity["nodeAffinity"] = wanted;
  if (affinity.empty() && !Member(from, "affinity").is_object()) {
    pod.erase("affinity");
  } else {
    pod["affinity"] = std::move(affinity);
  }
}

/// The old template with all that a job that was never started may change, as it is in the new one.
Json WithPlacementOf(const Json& now, Json before) {
  Json& pod = before["spec"];
  const Json& wanted = Member(now, "spec");
  TakeNodeAffinity(wanted, pod);
  for (const char* member : {"nodeSelector", "tolerations", "schedulingGates"}) Carry(wanted, member, pod);
  for (const char* member : {"labels", "annotations"}) Carry(Member(now, "metadata"), member, before["metadata"]);
  if (before["metadata"].is_null() || before["metadata"] == Member(now, "metadata")) {
    Carry(now, "metadata", before);
  }
  return before;
}

void ValidateCompletions(const Json& now, const Json& before, Faults& faults) {
  const Json& completions = Member(now, "completions");
  if (completions == Member(before, "completions")) return;
  const Path at("spec.completions");
  if (ReadString(before, "completionMode") != "Indexed") {
    faults.Add(at, kInvalid, "may not change after creation");
  } else if (completions.is_null() || completions != Member(now, "parallelism")) {
    faults.Add(at, kInvalid, "can only be changed together with parallelism, to the same number");
  }
}

/// Pods that their own job does not select would be let go as soon as they are made, and others be made, for ever.
void ValidateSelected(const Json& spec, Faults& faults) {
  const auto selector = Selector::FromJson(Member(spec, "selector"));
  if (!spec.contains("selector") || !selector.ok()) return;
  if (selector->Matches(ReadStringMap(Member(Member(spec, "template"), "metadata"), "labels"))) return;
  faults.Add(Path("spec.template.metadata.labels"), kInvalid, "must be selected by spec.selector");
}

}  // namespace

void ValidateJobUpdate(const Json& body, const Json& old_body, Faults& faults) {
  const Json& spec = Member(body, "spec");
  const Json& old_spec = Member(old_body, "spec");
  ValidateCompletions(spec, old_spec, faults);
  const Json& now = Member(spec, "template");
  Json before = Member(old_spec, "template");
  const bool never_started = ReadBool(old_spec, "suspend") && !Member(old_body, "status").contains("startTime");
  if (never_started) before = WithPlacementOf(now, std::move(before));
  if (now != before) faults.Add(Path("spec.template"), kInvalid, "may not change after creation");
  if (now != Member(old_spec, "template")) ValidateSelected(spec, faults);
}

}  // namespace ordinal::api
