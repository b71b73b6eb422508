#include "agent/controllers/autoscaling/replicas.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "agent/base/saturate.h"
#include "agent/controllers/percentage.h"

namespace ordinal::controllers::autoscaling {
namespace {

constexpr double kMostPercent = std::numeric_limits<int32_t>::max();  // as averageUtilization is one

using Requests = std::map<std::string, int64_t>;

struct Ratio {
  double ratio = 0;  ///< of what is seen to what should be
  std::optional<int64_t> utilization;
  int64_t average_milli = 0;
};

Result<Ratio> UtilizationRatio(const PodUses& uses, const Requests& requests, int64_t wanted) {
  double used = 0, requested = 0;
  int64_t pods = 0;
  for (const auto& [name, use] : uses) {
    const auto request = requests.find(name);
    if (request == requests.end()) continue;
    used += static_cast<double>(use.milli);
    requested += static_cast<double>(request->second);
    ++pods;
  }
  if (requested <= 0) return NoFigures("no metrics returned matched known pods");
  const auto percent = static_cast<int64_t>(std::min(used * 100 / requested, kMostPercent));
  return Ratio{static_cast<double>(percent) / static_cast<double>(wanted), percent,
               static_cast<int64_t>(used / static_cast<double>(pods))};
}

Ratio UsageRatio(const PodUses& uses, int64_t wanted) {
  double used = 0;
  for (const auto& [name, use] : uses) used += static_cast<double>(use.milli);
  const auto average = static_cast<int64_t>(used / static_cast<double>(uses.size()));
  return Ratio{static_cast<double>(average) / static_cast<double>(wanted), std::nullopt, average};
}

Result<Ratio> RatioOf(const ResourceTarget& target, const PodUses& uses, const Requests& requests) {
  if (target.utilization) return UtilizationRatio(uses, requests, *target.utilization);
  return UsageRatio(uses, *target.average_milli);
}

bool Within(const Tolerances& tolerances, double ratio) {
  return 1.0 - tolerances.down <= ratio && ratio <= 1.0 + tolerances.up;
}

int64_t CountOf(double replicas) {
  return static_cast<int64_t>(std::min(std::ceil(replicas), static_cast<double>(kMostPods)));
}

/// What a pod without figures is taken to use on the way down.
int64_t FullUse(const ResourceTarget& target, const Requests& requests, const std::string& pod) {
  if (!target.utilization) return *target.average_milli;
  const auto request = requests.find(pod);
  if (request == requests.end()) return 0;
  return SaturatingProduct(request->second, std::max<int64_t>(100, *target.utilization)) / 100;
}

/// With the pods that have no figures that count taken for what is the least reason to scale.
void AddDoubtful(const ResourceTarget& target, const Requests& requests, const Groups& groups, double ratio,
                 PodUses& uses) {
  for (const std::string& pod : groups.missing) {
    if (ratio < 1.0) uses[pod].milli = FullUse(target, requests, pod);
    if (ratio > 1.0) uses[pod].milli = 0;
  }
  if (ratio <= 1.0) return;
  for (const std::string& pod : groups.unready) uses[pod].milli = 0;
}

int64_t ReplicasOf(const ResourceTarget& target, const Measured& measured, const Requests& requests,
                   const Groups& groups, const Ratio& first, PodUses uses) {
  const bool doubtful = !groups.missing.empty() || (!groups.unready.empty() && first.ratio > 1.0);
  if (!doubtful) {
    if (Within(measured.tolerances, first.ratio)) return measured.current;
    return CountOf(first.ratio * static_cast<double>(groups.ready));
  }
  AddDoubtful(target, requests, groups, first.ratio, uses);
  const Result<Ratio> again = RatioOf(target, uses, requests);
  if (!again.ok()) return measured.current;
  const double ratio = again->ratio;
  const bool turned = (first.ratio < 1.0 && ratio > 1.0) || (first.ratio > 1.0 && ratio < 1.0);
  if (Within(measured.tolerances, ratio) || turned) return measured.current;
  const int64_t replicas = CountOf(ratio * static_cast<double>(uses.size()));
  const bool against = (ratio < 1.0 && replicas > measured.current) || (ratio > 1.0 && replicas < measured.current);
  return against ? measured.current : replicas;
}

}  // namespace

Result<Proposal> ProposeReplicas(const ResourceTarget& target, const Measured& measured) {
  const std::string& resource = target.subject.resource;
  auto known = UsesOf(measured.items, measured.pods, target.subject);
  if (!known.ok()) {
    return NoFigures(fmt::format("unable to get metrics for resource {}: {}", resource, known.error().message));
  }
  PodUses uses = std::move(*known);
  const Groups groups = GroupPods(measured.pods, uses, resource, measured.now);
  for (const auto* dropped : {&groups.ignored, &groups.unready}) {
    for (const std::string& pod : *dropped) uses.erase(pod);
  }
  if (uses.empty()) return NoFigures("did not receive metrics for targeted pods (pods might be unready)");
  Requests requests;
  if (target.utilization) {
    TRY(requests, RequestsOf(measured.pods, target.subject));
  }
  TRY(const Ratio first, RatioOf(target, uses, requests));
  Proposal proposal{0, first.utilization, first.average_milli};
  proposal.replicas = ReplicasOf(target, measured, requests, groups, first, std::move(uses));
  return proposal;
}

}  // namespace ordinal::controllers::autoscaling
