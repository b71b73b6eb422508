#include "agent/podsync/status_resources.h"

#include "agent/api/kinds/pod/pod_resources.h"
#include "agent/api/kinds/pod/resources.h"

namespace ordinal::podsync {

void AddResources(const StatusFacts& facts, const std::string& name, const cri::Container* newest,
                  api::ContainerStatus& status) {
  const Amounts& given = facts.allocated.Of(name);
  status.allocated = given.requests;
  const auto actuated = newest == nullptr ? facts.actuated.end() : facts.actuated.find(newest->id);
  const Amounts& has = actuated == facts.actuated.end() ? given : actuated->second.own;
  status.limits = has.limits;
  status.requests = has.requests;
}

void AddPodResources(const StatusFacts& facts, const api::PodSpec& spec, api::PodStatus& status) {
  if (facts.allocated.pod.empty() && facts.pod_has.empty()) return;
  for (const auto& [name, amount] : api::RequestsOf(spec)) status.allocated[name] = api::AmountText(name, amount);
  for (const auto& [name, text] : facts.allocated.pod.requests) {
    if (!spec.overhead.contains(name)) status.allocated[name] = text;  // as the spec writes it
  }
  status.limits = facts.pod_has.limits;
  status.requests = facts.pod_has.requests;
}

bool HasOtherResources(const StatusFacts& facts) {
  return !facts.actuated.empty() || DifferenceOf(facts.pod_has, facts.allocated.pod).any();
}

}  // namespace ordinal::podsync
