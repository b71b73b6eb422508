// Roles and bindings of tests, written short.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/apiserver/auth/authorizer.h"

namespace ordinal::apiserver::auth {

inline http::User UserOf(std::string name, std::vector<std::string> groups = {}) {
  http::User user;
  user.name = std::move(name);
  user.groups = std::move(groups);
  user.groups.emplace_back(kAuthenticated);
  return user;
}

inline std::vector<api::PolicyRule> RulesIn(const char* rules) {
  return api::ReadRules(api::Json{{"rules", api::Json::parse(rules)}});
}

/// A role of namespace `ns` (empty: for all) and a binding of the same name there that gives it to `subjects`.
inline void Give(Authorizer& access, const std::string& ns, const std::string& name, const char* rules,
                 std::vector<api::AccessSubject> subjects) {
  access.Change([&](PolicyIndex& index) {
    index.PutRole(ns, name, RulesIn(rules));
    const api::RoleRef role{std::string(api::kAccessGroup), ns.empty() ? "ClusterRole" : "Role", name};
    index.PutBinding({ns, name, role, std::move(subjects)});
  });
}

inline api::AccessSubject TheUser(std::string name) {
  return {"User", std::string(api::kAccessGroup), std::move(name), ""};
}
inline api::AccessSubject TheGroup(std::string name) {
  return {"Group", std::string(api::kAccessGroup), std::move(name), ""};
}
inline api::AccessSubject TheAccount(std::string ns, std::string name) {
  return {"ServiceAccount", "", std::move(name), std::move(ns)};
}

}  // namespace ordinal::apiserver::auth
