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

}  // namespace ordinal::podsync
