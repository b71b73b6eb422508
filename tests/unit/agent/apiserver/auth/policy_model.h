// A slow and obvious authoriser, and random roles, bindings and requests: what the index answers, this must answer.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "agent/api/rule_cover.h"
#include "tests/unit/agent/apiserver/auth/policies.h"

namespace ordinal::apiserver::auth {

/// Everything as it was told, looked through from the first to the last for every question.
class PolicyModel {
 public:
  using Place = std::pair<std::string, std::string>;

  bool Allows(const http::User& user, const Attributes& asked) const {
    for (const auto& [place, binding] : bindings) {
      const bool everywhere = binding.ns.empty();
      if (!everywhere && (!asked.path.empty() || binding.ns != asked.ns)) continue;
      if (!Concerns(binding, user)) continue;
      const auto role = roles.find({binding.role.kind == "Role" ? binding.ns : "", binding.role.name});
      if (role == roles.end()) continue;
      for (const api::PolicyRule& rule : role->second) {
        if (Permits(rule, asked)) return true;
      }
    }
    return false;
  }

  std::map<Place, std::vector<api::PolicyRule>> roles;
  std::map<Place, Binding> bindings;

 private:
  static bool Holds(const std::vector<std::string>& words, const std::string& word) {
    for (const std::string& each : words) {
      if (each == word) return true;
    }
    return false;
  }

  static bool Concerns(const Binding& binding, const http::User& user) {
    for (const api::AccessSubject& each : binding.subjects) {
      if (each.kind == "User" && each.name == user.name) return true;
      if (each.kind == "Group" && Holds(user.groups, each.name)) return true;
      const std::string home = each.ns.empty() ? binding.ns : each.ns;
      if (each.kind == "ServiceAccount" && !home.empty() &&
          user.name == "system:serviceaccount:" + home + ":" + each.name) {
        return true;
      }
    }
    return false;
  }

  static bool Permits(const api::PolicyRule& rule, const Attributes& asked) {
    if (!Holds(rule.verbs, "*") && !Holds(rule.verbs, asked.verb)) return false;
    if (!asked.path.empty()) {
      for (const std::string& each : rule.paths) {
        if (each == asked.path) return true;
        if (each.back() == '*' && asked.path.compare(0, each.size() - 1, each, 0, each.size() - 1) == 0) return true;
      }
      return false;
    }
    if (!Holds(rule.groups, "*") && !Holds(rule.groups, asked.group)) return false;
    const std::string whole = asked.subresource.empty() ? asked.resource : asked.resource + "/" + asked.subresource;
    const bool of_all = !asked.subresource.empty() && Holds(rule.resources, "*/" + asked.subresource);
    if (!Holds(rule.resources, "*") && !Holds(rule.resources, whole) && !of_all) return false;
    return rule.names.empty() || Holds(rule.names, asked.name);
  }
};

/// Draws from small sets of words, so that roles, bindings and requests meet.
class PolicyDice {
 public:
  explicit PolicyDice(uint64_t seed) : engine_(seed) {}

  size_t Below(size_t bound) { return engine_() % bound; }
  bool OneIn(size_t many) { return Below(many) == 0; }

  std::vector<api::PolicyRule> Rules() {
    std::vector<api::PolicyRule> rules;
    for (size_t i = Below(4); i > 0; --i) {
      api::PolicyRule rule;
      rule.verbs = Some(kVerbs, "*");
      if (OneIn(4)) {
        rule.paths = Some({"/a", "/a/*", "/b", "/b*", "/a/b/c", "*"}, "/");
      } else {
        rule.groups = Some({"", "apps", "x.io"}, "*");
        rule.resources = Some({"pods", "pods/log", "*/scale", "sets", "sets/scale", "sets/status"}, "*");
        if (OneIn(3)) rule.names = Some({"n1", "n2", ""}, "n3");
      }
      rules.push_back(std::move(rule));
    }
    return rules;
  }

  Binding Any(const std::vector<std::string>& names) {
    Binding binding;
    binding.ns = One({"", "a", "b"});
    binding.name = One(names);
    binding.role.kind = !binding.ns.empty() && OneIn(2) ? "Role" : "ClusterRole";
    binding.role.name = One(names);
    for (size_t i = Below(4); i > 0; --i) {
      const std::string kind = One({"User", "Group", "ServiceAccount"});
      const std::string ns = kind == "ServiceAccount" ? One({"", "a", "b"}) : "";
      binding.subjects.push_back({kind, "", One({"u", "v", "w", "system:serviceaccount:a:u"}), ns});
    }
    return binding;
  }

  http::User User() {
    http::User user;
    user.name = One({"u", "v", "w", "x", "system:serviceaccount:a:u", "system:serviceaccount:b:v"});
    for (size_t i = Below(3); i > 0; --i) user.groups.push_back(One({"u", "v", "w"}));
    return user;
  }

  Attributes Request() {
    Attributes asked;
    asked.verb = OneIn(20) ? "*" : One(kVerbs);
    if (OneIn(4)) {
      asked.path = One({"/a", "/a/", "/a/b", "/a/b/c", "/b", "/bc", "/", "/c"});
      return asked;
    }
    asked.group = One({"", "apps", "x.io", "*"});
    asked.resource = One({"pods", "sets", "scale", "*"});
    asked.subresource = One({"", "", "log", "scale", "status"});
    asked.ns = One({"", "a", "b", "c"});
    asked.name = One({"", "n1", "n2", "n4"});
    return asked;
  }

  std::string One(const std::vector<std::string>& words) { return words[Below(words.size())]; }

 private:
  /// One to three of `words`, seldom `all` alone.
  std::vector<std::string> Some(const std::vector<std::string>& words, const std::string& all) {
    if (OneIn(8)) return {all};
    std::vector<std::string> some;
    for (size_t i = 1 + Below(3); i > 0; --i) some.push_back(One(words));
    return some;
  }

  const std::vector<std::string> kVerbs = {"get", "list", "create", "deletecollection", "bind", "impersonate"};
  std::mt19937_64 engine_;
};

}  // namespace ordinal::apiserver::auth
