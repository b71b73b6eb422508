// Typed view of a PriorityClass (scheduling.k8s.io/v1), and the two that every cluster has.
#pragma once

#include <array>

#include "agent/api/object.h"

namespace ordinal::api {

struct PriorityClass {
  static constexpr char kKind[] = "PriorityClass";

  Object object;
  Meta meta;
  int32_t value = 0;
  bool global_default = false;
  std::string preemption_policy = "PreemptLowerPriority";

  static PriorityClass From(const Object& object);
};

/// Of classes that people make.
inline constexpr int64_t kHighestPriority = 1'000'000'000;
/// Names that begin so are the system's.
inline constexpr std::string_view kSystemPrefix = "system-";

/// A class that is there from the start, cannot be deleted and says what it says (k8s.io/kubernetes
/// pkg/apis/scheduling/v1/helpers.go).
struct SystemPriority {
  std::string_view name;
  int32_t value;
  std::string_view description;
};
inline constexpr std::array kSystemPriorities = {
    SystemPriority{"system-node-critical", 2'000'001'000, "for pods that a node cannot do without"},
    SystemPriority{"system-cluster-critical", 2'000'000'000,
                   "for pods that the cluster cannot do without, on whichever node"},
};

/// Null when there is none of that name.
const SystemPriority* FindSystemPriority(std::string_view name);
/// As a document.
Json DocumentOf(const SystemPriority& priority);

}  // namespace ordinal::api
