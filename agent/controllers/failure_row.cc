#include "agent/controllers/failure_row.h"

#include <algorithm>
#include <optional>
#include <variant>

namespace ordinal::controllers {

WallTime EndOf(const api::Pod& pod) {
  WallTime end = pod.meta.created.value_or(WallTime());
  const auto later = [&end](const std::optional<WallTime>& moment) {
    if (moment) end = std::max(end, *moment);
  };
  later(pod.status.start_time);
  for (const api::Condition& condition : pod.status.conditions) later(condition.last_transition);
  for (const auto* statuses : {&pod.status.init_container_statuses, &pod.status.container_statuses}) {
    for (const api::ContainerStatus& status : *statuses) {
      if (const auto* ended = std::get_if<api::TerminatedState>(&status.state)) later(ended->finished_at);
    }
  }
  return end;
}

bool Lasted(const api::Pod& pod) {
  const std::optional<WallTime>& started = pod.status.start_time;
  if (EndOf(pod) - started.value_or(pod.meta.created.value_or(WallTime())) >= kLongLife) return true;
  const api::Condition* ready = pod.FindCondition("Ready");
  if (ready == nullptr) return false;
  // The first report says that it is not ready, as of the start; a later change was the end of its readiness.
  return ready->status == "True" || (started && ready->last_transition && *ready->last_transition > *started);
}

std::string WhyFailed(const api::Pod& pod) {
  const std::string &reason = pod.status.reason, &message = pod.status.message;
  if (reason.empty() && message.empty()) return "no reason is told";
  return reason.empty() || message.empty() ? reason + message : reason + ": " + message;
}

void AddFailure(const api::Pod& failed, WallTime now, FailureRow& row) {
  const WallTime ended = std::min(EndOf(failed), now);
  const bool lasted = Lasted(failed);
  if (lasted || ended - row.ended > kLongLife) row = FailureRow{0, lasted, ended};
  if (!lasted) ++row.failures;
  row.ended = std::max(row.ended, ended);
}

Duration WaitAfter(int failures) {
  if (failures <= 0) return Duration::zero();
  // 1 s × 2^9 is beyond the longest wait; the bound keeps the shift defined.
  return std::min<Duration>(kFirstFailureWait * (1LL << std::min(failures - 1, 9)), kLongestFailureWait);
}

Duration StillToWait(const FailureRow& row, int failures, WallTime now) {
  return std::max<Duration>(row.ended + WaitAfter(failures) - now, Duration::zero());
}

}  // namespace ordinal::controllers
