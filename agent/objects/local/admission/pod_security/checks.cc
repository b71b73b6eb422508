#include "agent/objects/local/admission/pod_security/checks.h"

#include <algorithm>

namespace ordinal::objects::pod_security {
namespace {

/// As it was in that version; null before it came.
const VersionedCheck* AsOf(const Check& check, int minor) {
  const VersionedCheck* newest = nullptr;
  for (const VersionedCheck& version : check.versions) {
    if (version.since <= minor) newest = &version;
  }
  return newest;
}

bool IsOverridden(const Check& check, int minor) {
  const auto restricted = RestrictedChecks();
  return std::any_of(restricted.begin(), restricted.end(),
                     [&](const Check& other) { return other.overrides == check.id && AsOf(other, minor) != nullptr; });
}

void Run(const Check& check, int minor, const PodRead& pod, std::vector<Violation>& violations) {
  const VersionedCheck* version = AsOf(check, minor);
  if (version == nullptr) return;
  if (auto violation = version->check(pod)) violations.push_back(std::move(*violation));
}

}  // namespace

std::vector<Violation> ViolationsOf(const LevelVersion& wanted, const PodRead& pod) {
  std::vector<Violation> violations;
  if (wanted.level == Level::kPrivileged) return violations;
  const bool restricted = wanted.level == Level::kRestricted;
  for (const Check& check : BaselineChecks()) {
    if (!restricted || !IsOverridden(check, wanted.minor)) Run(check, wanted.minor, pod, violations);
  }
  if (!restricted) return violations;
  for (const Check& check : RestrictedChecks()) Run(check, wanted.minor, pod, violations);
  return violations;
}

std::string TextOf(const std::vector<Violation>& violations, bool with_details) {
  std::string text;
  for (const Violation& each : violations) {
    text += (text.empty() ? "" : ", ") + each.reason;
    if (with_details && !each.detail.empty()) text += " (" + each.detail + ")";
  }
  return text;
}

}  // namespace ordinal::objects::pod_security
