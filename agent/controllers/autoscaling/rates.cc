#include "agent/controllers/autoscaling/rates.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ordinal::controllers::autoscaling {
namespace {

using api::HorizontalPodAutoscaler;
using api::ScalingRules;

constexpr const char* kLowest =
    "recent recommendations were lower than current one, applying the lowest recent recommendation";
constexpr const char* kHighest =
    "recent recommendations were higher than current one, applying the highest recent recommendation";

Duration WindowOf(const ScalingRules& rules, Duration fallback) {
  return rules.window_seconds ? Duration(std::chrono::seconds(*rules.window_seconds)) : fallback;
}

/// The recommendation takes the place of one that is older than `longest`, so that there are few.
void Note(int64_t wanted, Duration longest, SteadyTime now, Memory& memory) {
  std::erase_if(memory.recommendations, [&](const auto& each) { return each.at < now - longest; });
  memory.recommendations.push_back({wanted, now});
}

int64_t Stabilized(int64_t wanted, SteadyTime now, Memory& memory) {
  int64_t highest = wanted;
  for (const auto& each : memory.recommendations) {
    if (each.at >= now - kDownscaleStabilization) highest = std::max(highest, each.replicas);
  }
  Note(wanted, kDownscaleStabilization, now, memory);
  return highest;
}

/// Of an autoscaler that says how it behaves.
int64_t StabilizedBy(const HorizontalPodAutoscaler& scaler, int64_t current, int64_t wanted, SteadyTime now,
                     Memory& memory) {
  const Duration up = WindowOf(scaler.scale_up, Duration::zero());
  const Duration down = WindowOf(scaler.scale_down, kDownscaleStabilization);
  int64_t least = wanted, most = wanted;
  for (const auto& each : memory.recommendations) {
    if (each.at > now - up) least = std::min(least, each.replicas);
    if (each.at > now - down) most = std::max(most, each.replicas);
  }
  Note(wanted, std::max(up, down), now, memory);
  return std::min(std::max(current, least), most);
}

int64_t Within(int64_t seconds, const std::vector<Memory::Change>& changes, SteadyTime now) {
  int64_t sum = 0;
  for (const auto& change : changes) {
    if (change.at > now - std::chrono::seconds(seconds)) sum += change.replicas;
  }
  return sum;
}

/// How far the policies let the set go in one direction.
int64_t LimitOf(const ScalingRules& rules, bool up, int64_t current, SteadyTime now, const Memory& memory) {
  if (rules.select == "Disabled" || rules.policies.empty()) return current;
  // Upwards the larger number is the larger change, downwards the smaller one.
  const bool largest = (rules.select == "Min") != up;
  std::optional<int64_t> limit;
  for (const ScalingRules::Policy& policy : rules.policies) {
    const int64_t added = Within(policy.period_seconds, memory.ups, now);
    const int64_t deleted = Within(policy.period_seconds, memory.downs, now);
    const int64_t start = current - added + deleted;
    const auto part = static_cast<double>(start) * static_cast<double>(policy.value) / 100;
    int64_t proposed = up ? start + policy.value : start - policy.value;
    // Rounded up, so that few pods may grow too.
    if (policy.percent && up) proposed = static_cast<int64_t>(std::ceil(static_cast<double>(start) + part));
    if (policy.percent && !up) proposed = static_cast<int64_t>(static_cast<double>(start) - part);
    limit = !limit ? proposed : largest ? std::max(*limit, proposed) : std::min(*limit, proposed);
  }
  return up ? std::max(*limit, current) : std::min(*limit, current);
}

constexpr const char* kTooFast = "the desired replica count is increasing faster than the maximum scale rate";
constexpr const char* kTooFastDown = "the desired replica count is decreasing faster than the maximum scale rate";

const Finding& TooMany() {
  static const Finding finding{"TooManyReplicas", "the desired replica count is more than the maximum replica count"};
  return finding;
}

const Finding& TooFew() {
  static const Finding finding{"TooFewReplicas", "the desired replica count is less than the minimum replica count"};
  return finding;
}

const Finding& InRange() {
  static const Finding finding{"DesiredWithinRange", "the desired count is within the acceptable range"};
  return finding;
}

using Limited = std::pair<int64_t, Finding>;

/// As many again as there are, or four, at a time.
Limited LimitedByHabit(const HorizontalPodAutoscaler& scaler, int64_t current, int64_t wanted) {
  const int64_t limit = std::max<int64_t>(2 * current, 4);
  if (wanted < scaler.min_replicas) return {scaler.min_replicas, TooFew()};
  if (scaler.max_replicas > limit && wanted > limit) return {limit, {"ScaleUpLimit", kTooFast}};
  if (wanted > scaler.max_replicas) return {scaler.max_replicas, TooMany()};
  return {wanted, InRange()};
}

Limited LimitedByPolicies(const HorizontalPodAutoscaler& scaler, int64_t current, int64_t wanted, SteadyTime now,
                          const Memory& memory) {
  if (wanted > current) {
    const int64_t limit = LimitOf(scaler.scale_up, true, current, now, memory);
    if (scaler.max_replicas > limit && wanted > limit) return {limit, {"ScaleUpLimit", kTooFast}};
    if (wanted > scaler.max_replicas) return {scaler.max_replicas, TooMany()};
  } else if (wanted < current) {
    const int64_t limit = LimitOf(scaler.scale_down, false, current, now, memory);
    if (scaler.min_replicas < limit && wanted < limit) return {limit, {"ScaleDownLimit", kTooFastDown}};
    if (wanted < scaler.min_replicas) return {scaler.min_replicas, TooFew()};
  }
  return {wanted, InRange()};
}

Duration LongestPeriod(const ScalingRules& rules) {
  int64_t longest = 0;
  for (const ScalingRules::Policy& policy : rules.policies) longest = std::max(longest, policy.period_seconds);
  return std::chrono::seconds(longest);
}

}  // namespace

Rated Rate(const HorizontalPodAutoscaler& scaler, int64_t current, int64_t wanted, SteadyTime now, Memory& memory) {
  const int64_t stabilized =
      scaler.behaves ? StabilizedBy(scaler, current, wanted, now, memory) : Stabilized(wanted, now, memory);
  Rated rated;
  rated.able = {"ReadyForNewScale", "recommended size matches current size"};
  if (stabilized != wanted) {
    const bool up = scaler.behaves && wanted >= current;
    rated.able = up ? Finding{"ScaleUpStabilized", kLowest} : Finding{"ScaleDownStabilized", kHighest};
  }
  auto [replicas, limits] = scaler.behaves ? LimitedByPolicies(scaler, current, stabilized, now, memory)
                                           : LimitedByHabit(scaler, current, stabilized);
  rated.replicas = replicas;
  rated.limited = replicas != stabilized;
  rated.limits = std::move(limits);
  return rated;
}

void Remember(const HorizontalPodAutoscaler& scaler, int64_t before, int64_t after, SteadyTime now, Memory& memory) {
  if (!scaler.behaves) return;
  const bool up = after > before;
  std::vector<Memory::Change>& changes = up ? memory.ups : memory.downs;
  // Policies of either direction look at both lists.
  const Duration longest = std::max(LongestPeriod(scaler.scale_up), LongestPeriod(scaler.scale_down));
  std::erase_if(changes, [&](const auto& each) { return each.at < now - longest; });
  changes.push_back({up ? after - before : before - after, now});
}

}  // namespace ordinal::controllers::autoscaling
