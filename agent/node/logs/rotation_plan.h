// What a rotation of a container's log does, and when to look again. Pure.
//
//   before            0.log   0.log.A.gz   0.log.B.gz   0.log.C.gz   0.log.D
//   rename                    0.log.A.gz   0.log.B.gz   0.log.C.gz   0.log.D      0.log.E
//   oldest goes                            0.log.B.gz   0.log.C.gz   0.log.D      0.log.E
//   reopen            0.log                0.log.B.gz   0.log.C.gz   0.log.D      0.log.E
//   compress          0.log                0.log.B.gz   0.log.C.gz   0.log.D.gz   0.log.E
//
// The newest part stays plain: the runtime may still write a few lines to it, and who follows the log finishes reading
// it. Source: Kubernetes pkg/kubelet/logs/container_log_manager.go, whose names and order these are, but that the
// kubelet compresses before it renames: a log that grows faster than it is compressed is cut all the same here.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/clock.h"

namespace ordinal::node {

struct LogLimits {
  int64_t max_size = 10 << 20;  ///< bytes at which a log is rotated
  int64_t max_files = 5;        ///< of one run of a container, the one that is written too; at least 2
};

/// Names in the log's directory.
struct RotationPlan {
  std::vector<std::string> remove;    ///< when the log was renamed, in this order
  std::string rename_to;              ///< the log's new name; empty when it is not due
  std::vector<std::string> compress;  ///< when the log was begun anew, in this order
};

/// For the log `log` ("0.log") beside which there is `beside`. What was left half done by whoever was killed is part of
/// it: drafts go, but those of `compressing` (names of plain parts that are being compressed or are next), and plain
/// parts whose compressed form is whole.
RotationPlan PlanRotation(std::string_view log, const std::vector<std::string>& beside, bool due,
                          const LogLimits& limits, const std::set<std::string>& compressing, WallTime now);

/// Between two looks at logs that grow slowly or not at all, as a kubelet's; and at one that grows fast.
inline constexpr Duration kLogLook = std::chrono::seconds(10);
inline constexpr Duration kSoonestLogLook = std::chrono::seconds(1);

/// How long a log of `size` bytes that grew by `grown` within `over` need not be looked at: about until it is full.
Duration NextLogLook(int64_t size, int64_t grown, Duration over, const LogLimits& limits);

}  // namespace ordinal::node
