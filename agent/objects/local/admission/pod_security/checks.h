// The checks of the Pod Security Standards, each as it was in each version (k8s.io/pod-security-admission/policy).
// Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/objects/local/admission/pod_security/policy.h"

namespace ordinal::objects::pod_security {

/// What a pod does that a check forbids, in the reference's words.
struct Violation {
  std::string reason;  ///< "host namespaces"
  std::string detail;  ///< "hostNetwork=true"
};

/// A pod, or a template of one.
struct PodRead {
  const api::Json& metadata;
  const api::Json& spec;
};

using Checked = std::optional<Violation>;
struct VersionedCheck {
  int since = 0;  ///< minor version
  Checked (*check)(const PodRead& pod) = nullptr;
};
struct Check {
  std::string_view id;
  std::span<const VersionedCheck> versions;  ///< the oldest first
  std::string_view overrides = {};           ///< of a restricted one: the baseline's check that it stands for
};

/// By id.
std::span<const Check> BaselineChecks();
std::span<const Check> RestrictedChecks();

/// Those of the baseline first, then those of restricted; each by id. None of privileged.
std::vector<Violation> ViolationsOf(const LevelVersion& wanted, const PodRead& pod);

/// "host namespaces (hostNetwork=true), privileged (…)", or the reasons alone.
std::string TextOf(const std::vector<Violation>& violations, bool with_details);

}  // namespace ordinal::objects::pod_security
