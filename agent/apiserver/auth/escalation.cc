#include "agent/apiserver/auth/escalation.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/api/rule_cover.h"

namespace ordinal::apiserver::auth {
namespace {

using api::Json;

Error Denied(std::string message) { return MakeError(ErrorCode::kPermissionDenied, std::move(message), "Forbidden"); }

/// What a garbage collector changes of an object, and what every write does.
Json WithoutUpkeep(Json body) {
  for (const char* member : {"ownerReferences", "finalizers", "managedFields", "resourceVersion", "generation"}) {
    body["metadata"].erase(member);
  }
  return body;
}

std::vector<api::PolicyRule> Everything() { return {{{"*"}, {"*"}, {"*"}, {}, {}}, {{"*"}, {}, {}, {}, {"*"}}}; }

Status CheckRights(const Authorizer& access, const Giving& giving, const std::vector<api::PolicyRule>& given) {
  // Where there are more of them than are looked at, those beyond count as not held.
  const auto missing = api::Uncovered(access.RulesFor(giving.user, giving.ns).rules, given);
  if (!missing.ok()) return Denied(missing.error().message);
  if (missing->empty()) return {};
  std::vector<std::string> lines;
  for (const api::PolicyRule& rule : api::Compacted(*missing)) lines.push_back(api::ToString(rule));
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return Denied(fmt::format("user \"{}\" (groups={}) is attempting to grant RBAC permissions not currently held:\n{}",
                            giving.user.name, api::Quoted(giving.user.groups), fmt::join(lines, "\n")));
}

bool MayEscalate(const Authorizer& access, const Giving& giving) {
  Attributes asked;
  asked.verb = "escalate";
  asked.group = giving.kind.group;
  asked.resource = giving.kind.plural;
  asked.ns = giving.ns;
  asked.name = giving.asked_name;
  return access.Allows(giving.user, asked);
}

Status CheckRole(const Authorizer& access, const Giving& giving, const api::Grants& grants) {
  if (MayEscalate(access, giving)) return {};
  TRYV(CheckRights(access, giving, grants.rules));
  const Json before = giving.old == nullptr ? Json() : giving.kind.grants(*giving.old).gathering;
  const bool gathers = !grants.gathering.is_null() || !before.is_null();
  if (!gathers || CheckRights(access, giving, Everything()).ok()) return {};
  return Denied("must have cluster-admin privileges to use an aggregationRule");
}

const char* PluralOf(const api::RoleRef& role) { return role.kind == "Role" ? "roles" : "clusterroles"; }

Status CheckBinding(const Authorizer& access, const Giving& giving, const api::RoleRef& role) {
  Attributes asked;
  asked.verb = "bind";
  asked.group = api::kAccessGroup;
  asked.resource = PluralOf(role);
  asked.ns = giving.ns;
  asked.name = role.name;
  if (access.Allows(giving.user, asked)) return {};
  const auto rules = access.FindRole(giving.ns, role);
  if (!rules) {
    return MakeError(ErrorCode::kNotFound,
                     fmt::format("{}.{} \"{}\" not found", asked.resource, api::kAccessGroup, role.name), "NotFound");
  }
  return CheckRights(access, giving, rules->rules());
}

}  // namespace

Json DetailsOf(const api::RoleRef& role) {
  return {{"name", role.name}, {"group", api::kAccessGroup}, {"kind", PluralOf(role)}};
}

Status CheckGiving(const Authorizer& access, const Giving& giving) {
  if (IsMaster(giving.user)) return {};
  if (giving.old != nullptr && WithoutUpkeep(giving.body) == WithoutUpkeep(*giving.old)) return {};
  const api::Grants grants = giving.kind.grants(giving.body);
  if (grants.of_role) return CheckBinding(access, giving, *grants.of_role);
  return CheckRole(access, giving, grants);
}

}  // namespace ordinal::apiserver::auth
