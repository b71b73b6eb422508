#include "agent/controllers/roles/gather.h"

#include <algorithm>

namespace ordinal::controllers::roles {

std::vector<api::PolicyRule> Gathered(const api::ClusterRole& role, const api::Refs<api::ClusterRole>& all) {
  std::vector<api::PolicyRule> rules;
  for (const api::Selector& selector : role.gathered) {
    for (const api::ClusterRole& each : all) {
      if (each.object.name() == role.object.name() || !selector.Matches(each.object.labels())) continue;
      for (const api::PolicyRule& rule : each.rules) {
        if (std::find(rules.begin(), rules.end(), rule) == rules.end()) rules.push_back(rule);
      }
    }
  }
  return rules;
}

}  // namespace ordinal::controllers::roles
