#include "agent/controllers/roles/gather.h"

#include <string>
#include <unordered_set>

namespace ordinal::controllers::roles {

std::vector<api::PolicyRule> Gathered(const api::ClusterRole& role, const api::Refs<api::ClusterRole>& all) {
  std::vector<api::PolicyRule> rules;
  std::unordered_set<std::string> there;
  for (const api::Selector& selector : role.gathered) {
    for (const api::ClusterRole& each : all) {
      if (each.object.name() == role.object.name() || !selector.Matches(each.object.labels())) continue;
      for (const api::PolicyRule& rule : each.rules) {
        const bool fresh = there.insert(rule.ToJson().dump()).second;
        if (fresh) rules.push_back(rule);
      }
    }
  }
  return rules;
}

}  // namespace ordinal::controllers::roles
