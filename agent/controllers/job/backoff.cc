#include "agent/controllers/job/backoff.h"

#include <algorithm>
#include <utility>

#include "agent/controllers/job/pods.h"

namespace ordinal::controllers::job {

Backoff After(Backoff known, const std::vector<const api::Pod*>& succeeded, const std::vector<const api::Pod*>& failed,
              WallTime now) {
  std::optional<WallTime> success;
  for (const api::Pod* pod : succeeded) success = std::max(success.value_or(FinishedAt(*pod)), FinishedAt(*pod));
  if (success) known.failures = 0;
  for (const api::Pod* pod : failed) {
    const WallTime ended = FinishedAt(*pod);
    if (success && ended <= *success) continue;
    known.last_failure = known.failures == 0 ? ended : std::max(known.last_failure, ended);
    ++known.failures;
  }
  // One from the future, by a clock that was set back, is of now; what is remembered passes.
  known.last_failure = std::min(known.last_failure, now);
  return known;
}

Duration BackoffAfter(int64_t failures) {
  if (failures <= 0) return Duration::zero();
  // 10 s × 2^6 is beyond the longest wait; the bound keeps the shift defined.
  return std::min<Duration>(kFirstBackoff * (1LL << std::min<int64_t>(failures - 1, 6)), kLongestBackoff);
}

Duration Remaining(int64_t failures, WallTime last_failure, WallTime now) {
  if (last_failure > now) return Duration::zero();
  return std::max<Duration>(last_failure + BackoffAfter(failures) - now, Duration::zero());
}

}  // namespace ordinal::controllers::job
