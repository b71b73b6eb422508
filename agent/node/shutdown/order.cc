#include "agent/node/shutdown/order.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "agent/node/pressure/ranking.h"

namespace ordinal::node {
namespace {

Error FlagFault(std::string_view flag, const std::string& what) {
  return MakeError(ErrorCode::kInvalid, fmt::format("--{}: {}", flag, what));
}

Result<std::chrono::seconds> ReadSeconds(std::string_view flag, std::string_view text) {
  const Result<Duration> read = ParseGoDuration(text);
  if (!read.ok()) return FlagFault(flag, read.error().message);
  return std::chrono::ceil<std::chrono::seconds>(*read);
}

Result<ShutdownPolicy> ReadByPriority(std::string_view text) {
  constexpr std::string_view kFlag = "shutdown-grace-period-by-pod-priority";
  ShutdownPolicy policy;
  while (!text.empty()) {
    const size_t end = std::min(text.find(','), text.size());
    const std::string_view item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t cut = item.find('=');
    ShutdownGroup group;
    const bool read = cut != std::string_view::npos &&
                      std::from_chars(item.data(), item.data() + cut, group.priority).ptr == item.data() + cut;
    if (!read) return FlagFault(kFlag, fmt::format("\"{}\" is not of the form priority=time, as 10000=60s", item));
    TRY(group.time, ReadSeconds(kFlag, item.substr(cut + 1)));
    policy.groups.push_back(group);
  }
  std::sort(policy.groups.begin(), policy.groups.end(),
            [](const ShutdownGroup& a, const ShutdownGroup& b) { return a.priority < b.priority; });
  for (size_t i = 1; i < policy.groups.size(); ++i) {
    if (policy.groups[i].priority != policy.groups[i - 1].priority) continue;
    return FlagFault(kFlag, fmt::format("priority {} is there twice", policy.groups[i].priority));
  }
  return policy;
}

/// The group with the highest priority that is not above the pod's, else the lowest.
size_t GroupOf(const ShutdownPolicy& policy, int64_t priority) {
  size_t group = 0;
  while (group + 1 < policy.groups.size() && policy.groups[group + 1].priority <= priority) ++group;
  return group;
}

}  // namespace

std::chrono::seconds ShutdownPolicy::Total() const {
  std::chrono::seconds total{0};
  for (const ShutdownGroup& group : groups) total += group.time;
  return total;
}

Result<ShutdownPolicy> ParseShutdownPolicy(const ShutdownFlags& flags) {
  if (!flags.by_priority.empty()) return ReadByPriority(flags.by_priority);
  TRY(const std::chrono::seconds all, ReadSeconds("shutdown-grace-period", flags.grace_period));
  TRY(const std::chrono::seconds critical, ReadSeconds("shutdown-grace-period-critical-pods", flags.critical_pods));
  if (all == std::chrono::seconds(0)) return ShutdownPolicy();
  if (critical > all) {
    return FlagFault("shutdown-grace-period-critical-pods",
                     fmt::format("{} is more than --shutdown-grace-period {}, of which it is a part",
                                 flags.critical_pods, flags.grace_period));
  }
  return ShutdownPolicy{{{0, all - critical}, {kCriticalPriority, critical}}};
}

std::vector<std::vector<ShutdownQueue>> ShutdownQueues(const ShutdownPolicy& policy, const api::Refs<api::Pod>& pods) {
  std::vector<std::vector<ShutdownQueue>> groups(policy.groups.size());
  // Several may have one ordinal: set-1 and set-01, or one whose owner somebody copied.
  std::vector<std::map<std::string, std::multimap<int64_t, api::Ref<api::Pod>, std::greater<>>>> sets(groups.size());
  if (groups.empty()) return groups;
  for (const api::Ref<api::Pod>& pod : pods) {
    const size_t group = GroupOf(policy, PriorityOf(*pod));
    const std::optional<SetMember> member = SetMemberOf(*pod);
    if (member) {
      sets[group][member->set_uid].emplace(member->ordinal, pod);
    } else {
      groups[group].push_back({pod});
    }
  }
  for (size_t group = 0; group < groups.size(); ++group) {
    for (const auto& [uid, ordinals] : sets[group]) {
      ShutdownQueue& queue = groups[group].emplace_back();
      for (const auto& [ordinal, pod] : ordinals) queue.push_back(pod);
    }
  }
  return groups;
}

std::chrono::seconds ShareOfTime(Duration left, size_t waiting, std::chrono::seconds own_grace) {
  const auto share =
      std::chrono::floor<std::chrono::seconds>(left / static_cast<int64_t>(std::max<size_t>(waiting, 1)));
  return std::max(std::min(share, own_grace), std::chrono::seconds(1));
}

}  // namespace ordinal::node
