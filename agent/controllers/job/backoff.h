// How long a job waits before it makes the next pod when its pods fail. Pure. (pkg/controller/job/backoff_utils.go)
//
//   failed ── 10 s ── failed ── 20 s ── failed ── 40 s ── … 10 min
//
// A pod that succeeds ends the row. With backoffLimitPerIndex each index waits for itself: its row is in annotations of
// its pods (labels.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/base/clock.h"

namespace ordinal::controllers::job {

inline constexpr Duration kFirstBackoff = std::chrono::seconds(10);
inline constexpr Duration kLongestBackoff = std::chrono::minutes(10);

/// What is remembered of a job between two passes.
struct Backoff {
  std::string job_uid = {};    ///< of the job it is of; of a new job it is made of all pods that are over
  int64_t failures = 0;        ///< since the last success
  WallTime last_failure = {};  ///< the newest of these
};

/// With the pods that succeeded and failed since. No failure is later than `now`.
Backoff After(Backoff known, const std::vector<const api::Pod*>& succeeded, const std::vector<const api::Pod*>& failed,
              WallTime now);

/// 10 s, 20, 40 … 10 min after so many failures; zero after none.
Duration BackoffAfter(int64_t failures);
/// What is left of it; zero or more. Zero for a failure from the future: nobody could tell when it is over.
Duration Remaining(int64_t failures, WallTime last_failure, WallTime now);

}  // namespace ordinal::controllers::job
