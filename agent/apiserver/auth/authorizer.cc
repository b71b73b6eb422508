#include "agent/apiserver/auth/authorizer.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/api/object.h"
#include "agent/apiserver/auth/roles.h"
#include "agent/apiserver/failure.h"

namespace ordinal::apiserver::auth {
namespace {

bool Matches(const std::vector<std::string_view>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(), [word](std::string_view one) { return one == "*" || one == word; });
}

bool MatchesPath(const std::vector<std::string_view>& paths, std::string_view path) {
  return std::any_of(paths.begin(), paths.end(), [path](std::string_view one) {
    return one == path || (one.ends_with('*') && path.starts_with(one.substr(0, one.size() - 1)));
  });
}

std::string Qualified(const Attributes& attributes) {
  return attributes.subresource.empty() ? attributes.resource : attributes.resource + "/" + attributes.subresource;
}

bool Permits(const Rule& rule, const http::User& user, const Attributes& attributes) {
  if (!Matches(rule.verbs, attributes.verb)) return false;
  if (!attributes.path.empty()) return MatchesPath(rule.paths, attributes.path);
  if (!Matches(rule.groups, attributes.group) || !Matches(rule.resources, Qualified(attributes))) return false;
  return !rule.own_node || user.name == std::string(kNodePrefix) + attributes.name;
}

/// "pods", "statefulsets.apps": what an error is about.
std::string GroupResource(const Attributes& attributes) {
  return attributes.group.empty() ? attributes.resource : attributes.resource + "." + attributes.group;
}

}  // namespace

bool Allowed(const http::User& user, const Attributes& attributes) {
  const auto& rules = RulesOf(user);
  return std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) { return Permits(rule, user, attributes); });
}

std::string ForbiddenMessage(const http::User& user, const Attributes& attributes) {
  if (!attributes.path.empty()) {
    return fmt::format("forbidden: User \"{}\" cannot {} path \"{}\"", user.name, attributes.verb, attributes.path);
  }
  const std::string object = attributes.name.empty() ? "" : fmt::format(" \"{}\"", attributes.name);
  const std::string where =
      attributes.ns.empty() ? "at the cluster scope" : fmt::format("in the namespace \"{}\"", attributes.ns);
  return fmt::format("{}{} is forbidden: User \"{}\" cannot {} resource \"{}\" in API group \"{}\" {}",
                     GroupResource(attributes), object, user.name, attributes.verb, Qualified(attributes),
                     attributes.group, where);
}

http::Response Forbidden(const http::User& user, const Attributes& attributes) {
  api::Json details = api::Json::object();
  if (!attributes.name.empty()) details["name"] = attributes.name;
  if (!attributes.group.empty()) details["group"] = attributes.group;
  if (!attributes.resource.empty()) details["kind"] = attributes.resource;
  http::Response response = Failure(403, "Forbidden", ForbiddenMessage(user, attributes), std::move(details));
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return response;
}

}  // namespace ordinal::apiserver::auth
