#include "agent/podsync/backoff_words.h"

#include <fmt/format.h>

namespace ordinal::podsync {
namespace {

std::string FullName(const api::Pod& pod) { return fmt::format("{}_{}({})", pod.meta.name, pod.meta.ns, pod.meta.uid); }

/// Whole seconds as time.Duration of Go prints them: "40s", "1m20s", "5m0s".
std::string Seconds(Duration delay) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(delay).count();
  return seconds < 60 ? fmt::format("{}s", seconds) : fmt::format("{}m{}s", seconds / 60, seconds % 60);
}

}  // namespace

std::string BackoffMessage(const api::Pod& pod, const std::string& container, Duration delay) {
  return fmt::format("back-off {} restarting failed container={} pod={}", Seconds(delay), container, FullName(pod));
}

std::string BackoffEvent(const api::Pod& pod, const std::string& container) {
  return fmt::format("Back-off restarting failed container {} in pod {}", container, FullName(pod));
}

std::string GoDuration(Duration duration) {
  const int64_t all = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  if (all <= 0) return "0s";
  if (all < 1000) return fmt::format("{}ms", all);
  std::string seconds = fmt::format("{}.{:03}", all / 1000 % 60, all % 1000);
  seconds.erase(seconds.find_last_not_of('0') + 1);
  if (seconds.back() == '.') seconds.pop_back();
  if (all < 60'000) return seconds + "s";
  const int64_t minutes = all / 60'000;
  return minutes < 60 ? fmt::format("{}m{}s", minutes, seconds)
                      : fmt::format("{}h{}m{}s", minutes / 60, minutes % 60, seconds);
}

}  // namespace ordinal::podsync
