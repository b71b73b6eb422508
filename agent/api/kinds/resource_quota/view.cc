#include "agent/api/kinds/resource_quota/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "agent/api/kinds/resource_quota/scopes.h"
#include "agent/api/kinds/resource_quota/usage.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

/// A quota of these makes every container say them (the reference calls that a mistake and keeps it).
constexpr const char* kMustBeSaid[] = {"cpu",    "limits.cpu",   "limits.memory",
                                       "memory", "requests.cpu", "requests.memory"};

bool Says(const Json& container, std::string_view resource) {
  const Json& resources = Member(container, "resources");
  if (resource.starts_with("limits.")) return Member(resources, "limits").contains(resource.substr(7));
  if (resource.starts_with("requests.")) resource.remove_prefix(9);
  return Member(resources, "requests").contains(resource);
}

}  // namespace

ResourceQuota ResourceQuota::From(const Object& object) {
  ResourceQuota quota;
  quota.object = object;
  quota.meta = ReadMeta(object.body());
  const Json& spec = Member(object.body(), "spec");
  const Json& hard = Member(spec, "hard");
  if (hard.is_object()) {
    for (const auto& [resource, amount] : hard.items()) quota.hard[resource] = Amount::Read(amount);
  }
  for (std::string& name : ReadStrings(spec, "scopes")) quota.scopes.push_back({std::move(name), "Exists", {}});
  for (const Json& each : Items(Member(spec, "scopeSelector"), "matchExpressions")) {
    quota.scopes.push_back({ReadString(each, "scopeName"), ReadString(each, "operator"), ReadStrings(each, "values")});
  }
  return quota;
}

bool ResourceQuota::Counts(const KindInfo& kind) const {
  return std::any_of(hard.begin(), hard.end(), [&](const auto& item) { return MayTake(kind, item.first); });
}

bool ResourceQuota::IsAbout(const KindInfo& kind, const Json& body) const {
  return Counts(kind) && InScopes(kind, body);
}

bool ResourceQuota::InScopes(const KindInfo& kind, const Json& body) const {
  return std::all_of(scopes.begin(), scopes.end(), [&](const Scope& scope) { return InScope(scope, kind, body); });
}

Amounts ResourceQuota::UsageOf(const KindInfo& kind, const Json& body, WallTime now) const {
  if (body.is_null() || !IsAbout(kind, body)) return {};
  return ObjectCounter(kind, hard).Of(body, now);
}

std::string ResourceQuota::Unsaid(const Json& pod) const {
  const Json& spec = Member(pod, "spec");
  std::string text;
  for (const char* resource : kMustBeSaid) {
    if (!hard.contains(resource) || Says(spec, resource)) continue;
    std::set<std::string> silent;
    for (const char* list : {"containers", "initContainers"}) {
      for (const Json& container : Items(spec, list)) {
        if (!Says(container, resource)) silent.insert(ReadString(container, "name"));
      }
    }
    if (silent.empty()) continue;
    text += fmt::format("{}{} for: {}", text.empty() ? "must specify " : "; ", resource, fmt::join(silent, ","));
  }
  return text;
}

}  // namespace ordinal::api
