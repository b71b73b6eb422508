// Stats: what containers use. Beside cri/runtime.h, whose users do not need it. Coroutines of the control thread;
// errors as in cri/runtime.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/task.h"
#include "cri/runtime.h"

namespace ordinal::cri {

/// ContainerStats. A container whose process just ended has no usage.
struct ContainerUsage {
  std::string id, name;
  uint32_t attempt = 0;
  StringMap labels;
  WallTime cpu_at{};                           ///< when `cpu_nanoseconds` was read; epoch = it is unknown
  uint64_t cpu_nanoseconds = 0;                ///< CpuUsage.usage_core_nano_seconds: of all cores, since the start
  WallTime memory_at{};                        ///< when `working_set` was read; epoch = it is unknown
  uint64_t working_set = 0;                    ///< MemoryUsage.working_set_bytes: what cannot be taken back at once
  std::optional<uint64_t> written_bytes = {};  ///< FilesystemUsage.used_bytes of the writable layer; absent: unknown
  uint64_t written_inodes = 0;                 ///< inodes_used of the same
};

class Stats {
 public:
  virtual ~Stats() = default;
  /// ListContainerStats: of every running container that has these labels.
  virtual Task<Result<std::vector<ContainerUsage>>> ListContainerStats(StringMap labels) = 0;
};

}  // namespace ordinal::cri
