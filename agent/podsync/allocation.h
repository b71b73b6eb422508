// What the containers of a pod were given of the node's resources, beside what the pod's spec asks for by now: the two
// differ while a change has not been decided on (pods/resize), or cannot be had. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "agent/api/kinds/pod/view.h"

namespace ordinal::podsync {

/// Limits and requests of a container, or of a pod as a whole, as a spec writes them.
struct Amounts {
  api::StringMap limits, requests;

  bool empty() const { return limits.empty() && requests.empty(); }
  bool operator==(const Amounts&) const = default;
};

/// What a container runs with: its own, and of its pod as a whole what it has not of its own.
struct Portion {
  Amounts own, pod;

  bool operator==(const Portion&) const = default;
  /// Its own, and the pod's limits of processors and memory where it has none itself (resources.h).
  Amounts Effective() const;
};

struct Allocation {
  std::map<std::string, Amounts> containers;  ///< by name, sidecars and init containers too; empty ones are left out
  Amounts pod;                                ///< spec.resources

  bool operator==(const Allocation&) const = default;
  bool empty() const { return containers.empty() && pod.empty(); }
  /// A container's own; empty when it has nothing.
  const Amounts& Of(const std::string& container) const;
  Portion PortionOf(const std::string& container) const { return {Of(container), pod}; }
};

/// What the pod's spec asks for.
Allocation AllocationOf(const api::Pod& pod);

/// The pod with these resources instead of those its spec asks for.
api::Pod WithAllocation(const api::Pod& pod, const Allocation& allocation);

/// Which of the resources that may change while a container runs are not the same.
struct Difference {
  bool cpu = false, memory = false;
  /// Of a container: what its pod asks for of memory, which it has no request or limit of itself. Its memory.high
  /// follows from it; no resizePolicy asks for it.
  bool inherited = false;
  bool any() const { return cpu || memory || inherited; }
};
Difference DifferenceOf(const Amounts& a, const Amounts& b);
Difference DifferenceOf(const Portion& a, const Portion& b);

/// What has to be known of a pod after a restart of the agent: what was decided, and what containers have that were
/// made with something else.
struct KeptAllocation {
  Allocation allocated;
  Amounts pod_has;                          ///< of the pod as a whole: what its own cgroup was made to have
  std::map<std::string, Portion> actuated;  ///< by container id
  std::set<std::string> ended_to_restart;   ///< ids of containers that start again, whatever their exit code is
  int64_t generation = 0;                   ///< of the pod whose resize was decided on last
  bool unfinished = false;                  ///< the pod's own cgroup may not have yet what it is to have
};

// As text for an annotation and for a file, and back: nothing when it cannot be read.
// An older agent's portion says nothing of the pod: then it is `pod`.
std::string ToText(const Portion& portion);
std::optional<Portion> PortionFromText(const std::string& text, const Amounts& pod = {});
bool TellsOfPod(const std::string& portion);
std::string ToText(const KeptAllocation& kept);
std::optional<KeptAllocation> KeptFromText(const std::string& text);

}  // namespace ordinal::podsync
