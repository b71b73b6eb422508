// Pods, and the templates of pods, against the Pod Security Standards that the labels of their namespace ask for
// (k8s.io/pod-security-admission/admission).
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "agent/api/read.h"
#include "agent/objects/local/admission/admitter.h"
#include "agent/objects/local/admission/pod_security/checks.h"

namespace ordinal::objects {
namespace {

using api::Json;
using pod_security::LevelVersion;
using pod_security::Policy;

/// Of a namespace whose labels change so many pods are looked at, as in the reference.
constexpr size_t kMostPodsChecked = 3000;

Policy PolicyOfNamespace(const Json& body, std::vector<api::FieldError>& faults) {
  return pod_security::PolicyOf(api::ReadStringMap(api::Member(body, "metadata"), "labels"), faults);
}

/// What is made into pods, and is warned of only; null for other kinds, and for custom ones, whatever they look like.
const Json* TemplateOf(const api::KindInfo& kind, const Json& body) {
  if (kind.custom != nullptr) return nullptr;
  const Json* holder = &api::Member(body, "spec");
  if (const Json& job = api::Member(*holder, "jobTemplate"); job.is_object()) holder = &api::Member(job, "spec");
  const Json& pod = api::Member(holder->is_object() ? *holder : body, "template");
  return api::Member(pod, "spec").is_object() ? &pod : nullptr;
}

/// A change of a pod that may matter: of an image, or another container (isSignificantPodUpdate).
bool IsSignificant(const Json& spec, const Json& old_spec) {
  const auto images = [](const Json& of) {
    std::map<std::string, std::string> all;
    for (const char* list : {"initContainers", "containers", "ephemeralContainers"}) {
      for (const Json& container : api::Items(of, list)) {
        all[list + api::ReadString(container, "name")] = api::ReadString(container, "image");
      }
    }
    return all;
  };
  return images(spec) != images(old_spec);
}

/// Pods with the same violations are told of together, by the name of the first.
std::vector<std::string> WarningsOfPods(const std::string& ns, const LevelVersion& enforce,
                                        const std::vector<Object>& pods, size_t remaining) {
  struct Alike {
    std::string first;
    size_t count = 0;
  };
  std::map<std::string, Alike> by_reason;
  for (const Object& pod : pods) {
    const Json& body = pod.body();
    const auto violations =
        pod_security::ViolationsOf(enforce, {api::Member(body, "metadata"), api::Member(body, "spec")});
    if (violations.empty()) continue;
    Alike& alike = by_reason[TextOf(violations, false)];
    if (alike.count++ == 0) alike.first = pod.name();
  }
  std::vector<std::string> warnings, each;
  if (remaining > 0) {
    warnings.push_back(
        fmt::format("new PodSecurity enforce level only checked against the first {} of {} existing pods", pods.size(),
                    pods.size() + remaining));
  }
  if (!by_reason.empty()) {
    warnings.push_back(fmt::format("existing pods in namespace \"{}\" violate the new PodSecurity enforce level \"{}\"",
                                   ns, enforce.Text()));
  }
  for (const auto& [reason, alike] : by_reason) {
    const std::string others = alike.count == 1   ? ""
                               : alike.count == 2 ? " (and 1 other pod)"
                                                  : fmt::format(" (and {} other pods)", alike.count - 1);
    each.push_back(fmt::format("{}{}: {}", alike.first, others, reason));
  }
  std::sort(each.begin(), each.end());
  warnings.insert(warnings.end(), each.begin(), each.end());
  return warnings;
}

class PodSecurities final : public Admitter {
 public:
  Task<Status> Admit(Attempt& attempt) override {
    if (attempt.part == WriteOptions::Part::kStatus) co_return Status();
    if (api::IsBuiltIn(attempt.kind, "Namespace")) co_return co_await AdmitNamespace(attempt);
    const bool pod = api::IsBuiltIn(attempt.kind, "Pod");
    if (pod ? !ChangesPod(attempt) : TemplateOf(attempt.kind, attempt.body) == nullptr) co_return Status();
    store::ObjectKey key{"Namespace", "", api::ReadString(api::Member(attempt.body, "metadata"), "namespace")};
    const auto found = co_await attempt.objects.Get(std::move(key));
    // In a namespace that is not there nothing is made, which others say.
    if (!found.ok()) co_return found.error().code == ErrorCode::kNotFound ? Status() : Status(found.error());
    std::vector<api::FieldError> unreadable;
    const Policy policy = PolicyOfNamespace(found->body(), unreadable);
    if (policy.idle()) co_return Status();
    co_return Judge(policy, pod, attempt);
  }

 private:
  static bool ChangesPod(const Attempt& attempt) {
    return attempt.creates() ||
           IsSignificant(api::Member(attempt.body, "spec"), api::Member(attempt.old.body(), "spec"));
  }

  static Status Judge(const Policy& policy, bool pod, Attempt& attempt) {
    const Json& body = pod ? attempt.body : *TemplateOf(attempt.kind, attempt.body);
    const pod_security::PodRead read{api::Member(body, "metadata"), api::Member(body, "spec")};
    if (pod) {
      const auto violations = ViolationsOf(policy.enforce, read);
      if (!violations.empty()) {
        return MakeError(
            ErrorCode::kFailedPrecondition,
            fmt::format("pods \"{}\" is forbidden: violates PodSecurity \"{}\": {}",
                        api::ReadString(read.metadata, "name"), policy.enforce.Text(), TextOf(violations, true)),
            "Forbidden");
      }
    }
    const auto violations = ViolationsOf(policy.warn, read);
    if (!violations.empty()) {
      attempt.warnings.push_back(
          fmt::format("would violate PodSecurity \"{}\": {}", policy.warn.Text(), TextOf(violations, true)));
    }
    return {};
  }

  /// Labels that cannot be read are refused where they are new; pods that are there are told of when more is enforced.
  static Task<Status> AdmitNamespace(Attempt& attempt) {
    std::vector<api::FieldError> faults, old_faults;
    const Policy policy = PolicyOfNamespace(attempt.body, faults);
    const Policy before = attempt.creates() ? Policy() : PolicyOfNamespace(attempt.old.body(), old_faults);
    const bool known = std::equal(faults.begin(), faults.end(), old_faults.begin(), old_faults.end(),
                                  [](const auto& a, const auto& b) { return a.message == b.message; });
    if (!known) attempt.faults.insert(attempt.faults.end(), faults.begin(), faults.end());
    const bool relaxed = policy.enforce.minor == before.enforce.minor && policy.enforce.level <= before.enforce.level;
    if (attempt.creates() || relaxed || policy.enforce.level == pod_security::Level::kPrivileged) co_return Status();
    store::ListOptions here;
    here.ns = api::ReadString(api::Member(attempt.body, "metadata"), "name");
    here.limit = kMostPodsChecked;
    const std::string ns = here.ns;
    std::string kind = "Pod";
    CO_TRY(const store::ListResult pods, co_await attempt.objects.List(std::move(kind), std::move(here)));
    for (std::string& each : WarningsOfPods(ns, policy.enforce, pods.items, pods.remaining)) {
      attempt.warnings.push_back(std::move(each));
    }
    co_return Status();
  }
};

}  // namespace

std::unique_ptr<Admitter> AdmitPodSecurities() { return std::make_unique<PodSecurities>(); }

}  // namespace ordinal::objects
