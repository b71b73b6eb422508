// What an owner that selects its dependents has of them: adopts and releases first, as their labels ask. The caches
// show every write of this process (objects/read_your_writes.h), so one pass never repeats another's work.
#pragma once

#include "agent/api/selector.h"
#include "agent/controllers/membership.h"
#include "agent/controllers/owner_writes.h"
#include "agent/objects/indexes.h"

namespace ordinal::controllers {

/// The owner's own and those that nobody controls in its namespace.
template <class T>
api::Refs<T> OwnAndOrphans(const objects::Index<T>& by_controller, const api::Meta& owner) {
  api::Refs<T> all = by_controller.All(owner.uid);
  by_controller.ForEach(objects::OrphansIn(owner.ns), [&](const api::Ref<T>& orphan) { all.push_back(orphan); });
  return all;
}

/// What is the owner's: those without a controller that fit are adopted first, those that do not fit any more are
/// released. `by_controller` outlives the call. What is adopted gets `finalizer`, unless that is empty.
template <class T>
Task<Result<api::Refs<T>>> OwnOf(Context& context, const objects::Index<T>& by_controller, api::Object owner,
                                 api::Meta meta, api::Selector selector, std::string finalizer = "") {
  const auto membership = [&](const T& each) {
    return MembershipOf(meta, selector.Matches(each.meta.labels), each.meta);
  };
  const api::Refs<T> seen = OwnAndOrphans(by_controller, meta);
  for (const api::Ref<T>& each : seen) {
    const Membership found = membership(*each);
    if (found == Membership::kAdopt) CO_TRYV(co_await Adopt(context, owner, each->object, finalizer));
    if (found == Membership::kRelease) CO_TRYV(co_await Release(context, owner, each->object));
  }
  api::Refs<T> own;
  by_controller.ForEach(meta.uid, [&](const api::Ref<T>& each) {
    if (membership(*each) == Membership::kOurs) own.push_back(each);
  });
  co_return own;
}

}  // namespace ordinal::controllers
