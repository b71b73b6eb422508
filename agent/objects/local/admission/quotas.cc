#include "agent/objects/local/admission/quotas.h"

#include <fmt/format.h>

#include <set>

#include "agent/api/kinds/resource_quota/usage.h"

namespace ordinal::objects {
namespace {

using api::Amounts;
using api::ResourceQuota;

/// What there is of the kind, and what is on its way, of the resources `wanted` alone.
Amounts UsedOf(const ResourceQuota& quota, const QuotaWrite& write, const Amounts& wanted,
               const std::vector<api::Object>& stored, const QuotaPromises& promised, WallTime now) {
  const api::ObjectCounter counter(write.kind, wanted);
  const bool alike = counter.all_alike() && quota.scopes.empty();
  const auto usage = [&](const api::Json& body) {
    return body.is_null() || !quota.InScopes(write.kind, body) ? Amounts() : counter.Of(body, now);
  };
  const std::string ns = quota.meta.ns;
  std::set<std::string> on_the_way;
  Amounts used;
  for (const QuotaWrite& each : promised) {
    const bool here = api::KeyOf(each.kind) == api::KeyOf(write.kind) && each.uid != write.uid &&
                      api::ReadString(api::Member(each.body, "metadata"), "namespace") == ns;
    if (!here) continue;
    on_the_way.insert(each.uid);
    if (!alike) AddTo(used, Larger(usage(each.body), usage(each.old)));
  }
  size_t number = on_the_way.size();
  for (const api::Object& object : stored) {
    if (!on_the_way.empty() && on_the_way.contains(object.uid())) continue;
    ++number;
    if (!alike) AddTo(used, usage(object.body()));
  }
  return alike ? counter.OfAlike(static_cast<int64_t>(number)) : used;
}

/// Every resource of `names`, zero where `from` has none of it.
Amounts Only(const Amounts& from, const Amounts& names) {
  Amounts only;
  for (const auto& [resource, unused] : names) {
    const auto found = from.find(resource);
    only[resource] = found == from.end() ? api::Amount() : found->second;
  }
  return only;
}

std::string RefusalOf(const ResourceQuota& quota, const QuotaWrite& write, const std::vector<api::Object>& stored,
                      const QuotaPromises& promised, WallTime now) {
  const bool pod = api::IsBuiltIn(write.kind, "Pod");
  const std::string unsaid = pod ? quota.Unsaid(write.body) : "";
  if (!unsaid.empty()) return fmt::format("failed quota: {}: {}", quota.meta.name, unsaid);
  const Amounts requested =
      Growth(quota.UsageOf(write.kind, write.body, now), quota.UsageOf(write.kind, write.old, now));
  if (requested.empty()) return {};
  const Amounts used = UsedOf(quota, write, requested, stored, promised, now);
  Amounts exceeded;
  for (const auto& [resource, amount] : requested) {
    const auto held = used.find(resource);
    const api::Quantity before = held == used.end() ? api::Quantity() : held->second.quantity;
    if (before + amount.quantity > quota.hard.at(resource).quantity) exceeded[resource] = amount;
  }
  if (exceeded.empty()) return {};
  return fmt::format("exceeded quota: {}, requested: {}, used: {}, limited: {}", quota.meta.name, TextOf(exceeded),
                     TextOf(Only(used, exceeded)), TextOf(Only(quota.hard, exceeded)));
}

}  // namespace

std::string QuotaRefusal(const std::vector<ResourceQuota>& quotas, const QuotaWrite& write,
                         const std::vector<api::Object>& stored, const QuotaPromises& promised, WallTime now) {
  for (const ResourceQuota& quota : quotas) {
    if (!quota.IsAbout(write.kind, write.body)) continue;
    std::string refusal = RefusalOf(quota, write, stored, promised, now);
    if (!refusal.empty()) return refusal;
  }
  return {};
}

}  // namespace ordinal::objects
