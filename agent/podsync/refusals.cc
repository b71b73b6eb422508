#include "agent/podsync/refusals.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/podsync/sysctls.h"

namespace ordinal::podsync {
namespace {

bool Confines(const std::optional<api::Profile>& profile) { return profile && profile->type != "Unconfined"; }

bool WantsAppArmor(const api::PodSpec& spec) {
  const auto confined = [](const api::Container& container) { return Confines(container.security.apparmor); };
  return Confines(spec.security.apparmor) || std::any_of(spec.containers.begin(), spec.containers.end(), confined) ||
         std::any_of(spec.init_containers.begin(), spec.init_containers.end(), confined);
}

}  // namespace

std::optional<Refusal> PortsRefusal(const std::string& taken) {
  if (taken.empty()) return std::nullopt;
  return Refusal{"NodePorts",
                 fmt::format("Predicate NodePorts failed: node(s) didn't have free ports for the requested "
                             "pod ports ({})",
                             taken)};
}

std::optional<Refusal> RefusalOf(const api::Pod& pod, const NodeFacts& node, bool begun) {
  std::string taken = api::TakenPortOf(pod.spec, node.own_ports);
  if (taken.empty() && !begun) taken = api::TakenPortOf(pod.spec, node.node_api_ports);
  if (!taken.empty()) return PortsRefusal(taken);
  // One that runs was let in when the host had what it asks for.
  const bool begins = pod.status.phase.empty() || pod.status.phase == "Pending";
  if (begun || !begins || pod.status.start_time) return std::nullopt;
  if (!pod.spec.os.empty() && pod.spec.os != "linux") {
    return Refusal{"PodOSNotSupported",
                   fmt::format("the pod is for {} (spec.os.name), and this node runs linux", pod.spec.os)};
  }
  if (std::string why = ForbiddenSysctl(pod.spec, node.allowed_unsafe_sysctls); !why.empty()) {
    return Refusal{"SysctlForbidden", std::move(why)};
  }
  if (pod.spec.security.strict_groups && !node.runtime.strict_groups) {
    return Refusal{"SupplementalGroupsPolicyNotSupported",
                   fmt::format("SupplementalGroupsPolicy=Strict is not supported in this node: {} does not have it",
                               node.runtime.runtime)};
  }
  if (WantsAppArmor(pod.spec) && !node.runtime.apparmor) {
    return Refusal{"AppArmor", "Cannot enforce AppArmor: AppArmor is not enabled on the host"};
  }
  return std::nullopt;
}

}  // namespace ordinal::podsync
