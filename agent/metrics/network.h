// What network interfaces moved, of the network namespace of a process: /proc/<pid>/net/dev.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ordinal::metrics {

struct InterfaceUse {
  struct Direction {
    uint64_t bytes = 0, packets = 0, errors = 0, dropped = 0;
  };
  std::string name;
  Direction received, sent;
};

/// As the kernel lists them. Without those that cAdvisor passes over: the loopback, and the ends of containers' links
/// (lo, veth…, docker…). Whoever makes one in a pod names it as he likes: names are made valid UTF-8, and of those that
/// are the same then the first counts.
std::vector<InterfaceUse> ReadInterfaces(std::string_view net_dev);

}  // namespace ordinal::metrics
