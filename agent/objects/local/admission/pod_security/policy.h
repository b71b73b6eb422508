// What the labels of a namespace ask of its pods: a level of the Pod Security Standards, and of which version, for what
// is refused, warned of and noted (k8s.io/pod-security-admission/api). Pure.
#pragma once

#include <string>
#include <vector>

#include "agent/api/kind.h"

namespace ordinal::objects::pod_security {

enum class Level { kPrivileged, kBaseline, kRestricted };  ///< in the order of their strictness

/// A level as it was in a version.
struct LevelVersion {
  static constexpr int kLatest = 1 << 20;

  Level level = Level::kPrivileged;
  int minor = kLatest;  ///< of "v1.36": 36

  bool operator==(const LevelVersion&) const = default;
  /// "restricted:latest", "baseline:v1.30".
  std::string Text() const;
};

struct Policy {
  LevelVersion enforce, warn;
  /// No pod can violate it.
  bool idle() const { return enforce.level == Level::kPrivileged && warn.level == Level::kPrivileged; }
};

/// Of a namespace's labels; what cannot be read counts as restricted, and of what is only warned of as privileged. Each
/// fault is appended, at metadata.labels[…]. A namespace that enforces and says nothing of warnings warns of the same.
Policy PolicyOf(const api::StringMap& labels, std::vector<api::FieldError>& faults);

}  // namespace ordinal::objects::pod_security
