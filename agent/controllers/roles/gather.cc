#include "agent/controllers/roles/gather.h"

#include <set>
#include <string>
#include <unordered_set>

namespace ordinal::controllers::roles {
namespace {

class Gathering {
 public:
  explicit Gathering(const api::Refs<api::ClusterRole>& all) : all_(all) {}

  void Take(const api::ClusterRole& gatherer) {
    seen_.insert(gatherer.object.name());
    for (const api::Selector& selector : gatherer.gathered) {
      for (const api::ClusterRole& each : all_) {
        if (seen_.contains(each.object.name()) || !selector.Matches(each.object.labels())) continue;
        if (each.gathers) {
          Take(each);
        } else {
          Add(each);
        }
      }
    }
  }
  std::vector<api::PolicyRule> rules;

 private:
  void Add(const api::ClusterRole& role) {
    seen_.insert(role.object.name());
    for (const api::PolicyRule& rule : role.rules) {
      const bool fresh = there_.insert(rule.ToJson().dump()).second;
      if (fresh) rules.push_back(rule);
    }
  }

  const api::Refs<api::ClusterRole>& all_;
  std::set<std::string> seen_;
  std::unordered_set<std::string> there_;
};

}  // namespace

std::vector<api::PolicyRule> Gathered(const api::ClusterRole& role, const api::Refs<api::ClusterRole>& all) {
  Gathering gathering(all);
  gathering.Take(role);
  return std::move(gathering.rules);
}

}  // namespace ordinal::controllers::roles
