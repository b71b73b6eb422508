// What a worker does next, as data: a plan is an ordered list of these (plan.h), each is carried out by the file of its
// name in steps/. The whole life of a pod is in docs/life-of-a-pod.md.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace ordinal::podsync {

struct ContainerKill {
  std::string id, name, why;
};

/// Running, but changed, lost or of a pod that is over: all of them side by side, with the pod's grace.
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

/// The files of a running pod's volumes of configuration are what they are made from now.
struct RefreshFiles {};

struct MakeSandbox {
  uint32_t attempt = 0;
};

/// Its image, its files, the container, its process.
struct StartContainer {
  bool init = false;
  size_t index = 0;      ///< in spec.initContainers or spec.containers
  uint32_t attempt = 0;  ///< the restart count it will have
};

/// A record of an earlier end that makes room.
struct RemoveContainer {
  std::string id;
};

/// Old, and without containers worth keeping.
struct RemoveSandbox {
  std::string id;
};

using Step = std::variant<EndContainers, StopSandbox, DropContainer, PrepareVolumes, RefreshFiles, MakeSandbox,
                          StartContainer, RemoveContainer, RemoveSandbox>;

/// "end main", "stop-sandbox s0", "drop main-1", "volumes", "files", "sandbox 0", "start init 0 (0)", "start 0 (2)", …:
/// for logs and tests.
std::string Describe(const Step& step);

}  // namespace ordinal::podsync
