#include "agent/objects/local/admission/pods.h"

#include <algorithm>

#include "agent/api/kinds/pod/rules.h"
#include "agent/api/read.h"
#include "agent/objects/local/admission/admitter.h"
#include "agent/objects/local/admission/label_keys.h"

namespace ordinal::objects {
namespace {

using api::Json;

constexpr const char* kGivenOnce[] = {"serviceAccountName", "serviceAccount",   "priorityClassName",
                                      "priority",           "preemptionPolicy", "overhead"};
constexpr int kEvictAfterSeconds = 300;

/// A toleration without effect means every effect, one without key and effect everything.
bool Tolerates(const Json& toleration, const std::string& key) {
  const std::string effect = api::ReadString(toleration, "effect");
  const std::string own = api::ReadString(toleration, "key");
  return (own == key || own.empty()) && (effect == "NoExecute" || effect.empty());
}

void AddDefaultTolerations(Json& spec) {
  Json tolerations =
      spec.contains("tolerations") && spec["tolerations"].is_array() ? spec["tolerations"] : Json::array();
  for (const char* key : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
    const bool said = std::any_of(tolerations.begin(), tolerations.end(),
                                  [&](const Json& toleration) { return Tolerates(toleration, key); });
    if (said) continue;
    tolerations.push_back(
        Json{{"key", key}, {"operator", "Exists"}, {"effect", "NoExecute"}, {"tolerationSeconds", kEvictAfterSeconds}});
  }
  spec["tolerations"] = std::move(tolerations);
}

/// spec.ephemeralContainers come through their own sub-resource alone, one after another.
void AdmitEphemeralContainers(Attempt& attempt) {
  const Json& spec = api::Member(attempt.body, "spec");
  api::Faults faults(attempt.faults);
  const api::Path path("spec.ephemeralContainers");
  if (attempt.creates()) {
    if (api::Items(spec, "ephemeralContainers").empty()) return;
    faults.Forbidden(path, "may not be set when a pod is made; add them to a pod that runs: pods/ephemeralcontainers");
    return;
  }
  const Json& old_spec = api::Member(attempt.old.body(), "spec");
  if (attempt.part == WriteOptions::Part::kEphemeralContainers) {
    api::ValidateEphemeralUpdate(spec, old_spec, faults);
  } else if (api::Items(spec, "ephemeralContainers") != api::Items(old_spec, "ephemeralContainers")) {
    faults.Forbidden(path, "may only be changed through the sub-resource pods/ephemeralcontainers");
  }
}

class Pods final : public Admitter {
 public:
  bool Concerns(const api::KindInfo& kind) const override { return api::IsBuiltIn(kind, "Pod"); }

  Task<Status> Admit(Attempt& attempt) override {
    if (attempt.creates()) {
      AdmitNewPod(attempt.body);
    } else {
      AdmitPodChange(attempt.old.body(), attempt.body);
    }
    AdmitEphemeralContainers(attempt);
    co_return Status();
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitPods() { return std::make_unique<Pods>(); }

void AdmitNewPod(Json& body) {
  Json& spec = body["spec"];
  if (api::ReadString(spec, "serviceAccountName").empty()) spec["serviceAccountName"] = "default";
  spec["serviceAccount"] = spec["serviceAccountName"];
  MergeLabelKeys(body);
  AddDefaultTolerations(spec);
}

void AdmitPodChange(const Json& old_body, Json& body) {
  const Json& before = api::Member(old_body, "spec");
  Json& spec = body["spec"];
  for (const char* member : kGivenOnce) {
    if (!spec.contains(member) && before.contains(member)) spec[member] = before[member];
  }
  if (before.contains("tolerations")) AddDefaultTolerations(spec);
  KeepLabelKeys(old_body, body);
}

}  // namespace ordinal::objects
