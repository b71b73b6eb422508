// What a worker does next, as data: a plan is an ordered list of these (plan.h), each is carried out by the file of its
// name in steps/. The whole life of a pod is in docs/life-of-a-pod.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/base/clock.h"

namespace ordinal::podsync {

struct ContainerKill {
  std::string id, name, why;
  std::string said = {};                      ///< the event; empty: "Stopping container …"
  std::optional<int64_t> grace_seconds = {};  ///< instead of the pod's
  bool restarts = false;                      ///< changed, and to start again whatever its policy and exit code are
  bool with_pod = false;                      ///< the pod is over: what it exits with restarts nobody
  /// When the grace of the pod as a whole is over, whatever the wall clock is set to meanwhile: one that ends after
  /// others gets what they left of it, and no less than two seconds of its own.
  std::optional<SteadyTime> pod_ends = {};
};

/// Running, but changed, lost or of a pod that is over: all of them side by side, with the pod's grace or their own.
struct EndContainers {
  std::vector<ContainerKill> containers;
};

/// Dead or surplus: its address is given up, its record stays.
struct StopSandbox {
  std::string id;
};

/// Made but never started: it holds the name that its successor needs.
struct DropContainer {
  std::string id;
};

/// What the pod's volumes are made of is on the host.
struct PrepareVolumes {};

/// They run with other resources than they were given: they are changed while they run.
struct ResizeContainers {
  struct One {
    std::string id, name;
    bool operator==(const One&) const = default;
  };
  std::vector<One> containers;  ///< none: only the pod's own cgroup is put right
};

/// The files of a running pod's volumes of configuration are what they are made from now.
struct RefreshFiles {};

struct MakeSandbox {
  uint32_t attempt = 0;
};

/// Its image, its files, the container, its process.
struct StartContainer {
  bool init = false;
  size_t index = 0;        ///< in spec.initContainers, spec.containers or spec.ephemeralContainers
  uint32_t attempt = 0;    ///< the restart count it will have
  bool ephemeral = false;  ///< not `init` then
  uint32_t round = 0;      ///< rounds.h
};

/// A record of an earlier end that makes room.
struct RemoveContainer {
  std::string id;
};

/// Old, and without containers worth keeping.
struct RemoveSandbox {
  std::string id;
};

using Step = std::variant<EndContainers, StopSandbox, DropContainer, ResizeContainers, PrepareVolumes, RefreshFiles,
                          MakeSandbox, StartContainer, RemoveContainer, RemoveSandbox>;

/// "end main", "stop-sandbox s0", "drop main-1", "resize main", "volumes", "files", "sandbox 0", "start init 0 (0)",
/// "start 0 (2)", "start ephemeral 0 (0)", …: for logs and tests.
std::string Describe(const Step& step);

}  // namespace ordinal::podsync
