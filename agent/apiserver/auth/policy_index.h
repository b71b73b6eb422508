// PolicyIndex: roles and bindings as they come and go, and the Policy that they amount to. Control thread; what
// policy() gave out stays as it is.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/apiserver/auth/policy.h"

namespace ordinal::apiserver::auth {

class PolicyIndex {
 public:
  PolicyIndex();

  /// A role of namespace `ns`, or with an empty one a ClusterRole.
  void PutRole(const std::string& ns, const std::string& name, std::vector<api::PolicyRule> rules);
  void DropRole(const std::string& ns, const std::string& name);
  void PutBinding(Binding binding);
  void DropBinding(const std::string& ns, const std::string& name);

  /// The role that a binding in `ns` means; null when there is none.
  std::shared_ptr<const RoleRules> FindRole(const std::string& ns, const api::RoleRef& role) const;
  std::shared_ptr<const Policy> policy() const { return policy_; }

 private:
  using Place = std::pair<std::string, std::string>;  ///< namespace, name
  class Draft;

  static Place PlaceOf(const std::string& ns, const api::RoleRef& role);
  void SetRole(const Place& place, std::shared_ptr<const RoleRules> rules);

  std::map<Place, std::shared_ptr<const RoleRules>> roles_;
  std::map<Place, std::shared_ptr<const Binding>> bindings_;
  std::map<Place, std::set<Place>> bound_;  ///< by role: the bindings that give it
  std::shared_ptr<const Policy> policy_;
};

}  // namespace ordinal::apiserver::auth
