#include "agent/controllers/deployment/rollout.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "agent/controllers/percentage.h"

namespace ordinal::controllers::deployment {
namespace {

using api::Deployment;
using api::ReplicaSet;
using Sets = std::vector<const ReplicaSet*>;

Sets Sized(const Sets& sets) {
  Sets sized;
  std::copy_if(sets.begin(), sets.end(), std::back_inserter(sized),
               [](const ReplicaSet* set) { return set->replicas > 0; });
  return sized;
}

std::optional<int64_t> ReadNumber(const ReplicaSet& set, const char* annotation) {
  const auto found = set.meta.annotations.find(annotation);
  if (found == set.meta.annotations.end()) return std::nullopt;
  int64_t value = 0;
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// The one set that has pods, or of none the current or the newest; null when several share them.
const ReplicaSet* Lone(const Family& family) {
  const Sets sized = Sized(family.All());
  if (sized.size() == 1) return sized.front();
  if (!sized.empty()) return nullptr;
  if (family.current != nullptr) return family.current;
  return family.old.empty() ? nullptr : family.old.back();
}

bool Saturated(const Deployment& deployment, const ReplicaSet* set) {
  return set != nullptr && set->replicas == deployment.replicas && set->available_replicas == deployment.replicas &&
         ReadNumber(*set, kDesiredAnnotation) == deployment.replicas;
}

/// How many pods the set gains or loses when the whole grows or shrinks from what the sets were sized for.
int64_t Share(const Deployment& deployment, const ReplicaSet& set, int64_t surge) {
  if (deployment.replicas == 0) return -set.replicas;
  const int64_t sized_for = ReadNumber(set, kMaxAnnotation).value_or(deployment.seen_replicas);
  if (sized_for <= 0) return 0;  // somebody else's number
  const double next =
      static_cast<double>(set.replicas * (deployment.replicas + surge)) / static_cast<double>(sized_for);
  return std::llround(std::min(next, static_cast<double>(kMostReplicas))) - set.replicas;
}

Sizes Divide(const Deployment& deployment, Sets sets) {
  const int64_t surge = FencesOf(deployment).surge;
  const int64_t allowed = deployment.replicas > 0 ? deployment.replicas + surge : 0;
  const int64_t to_add = allowed - SumOfSizes(sets);
  // The largest first: of equal ones the newest grows first, the oldest shrinks first.
  std::stable_sort(sets.begin(), sets.end(), [&](const ReplicaSet* a, const ReplicaSet* b) {
    if (a->replicas != b->replicas) return a->replicas > b->replicas;
    return to_add > 0 ? a->meta.created > b->meta.created : a->meta.created < b->meta.created;
  });
  Sizes sizes;
  int64_t added = 0;
  for (const ReplicaSet* set : sets) {
    int64_t share = 0;
    if (to_add != 0 && added != to_add) {
      share = Share(deployment, *set, surge);
      share = to_add > 0 ? std::min(share, to_add - added) : std::max(share, to_add - added);
    }
    added += share;
    sizes[set->meta.name] = set->replicas + share;
  }
  if (!sets.empty()) {
    int64_t& largest = sizes[sets.front()->meta.name];
    largest = std::clamp<int64_t>(largest + to_add - added, 0, kMostReplicas);  // what rounding left over
  }
  return sizes;
}

}  // namespace

Sets Family::All() const {
  Sets all = old;
  if (current != nullptr) all.push_back(current);
  return all;
}

int64_t SumOfSizes(const Sets& sets) {
  int64_t sum = 0;
  for (const ReplicaSet* set : sets) sum += set->replicas;
  return sum;
}

int64_t SumOfAvailable(const Sets& sets) {
  int64_t sum = 0;
  for (const ReplicaSet* set : sets) sum += set->available_replicas;
  return sum;
}

Fences FencesOf(const Deployment& deployment) {
  if (deployment.recreate) return {};
  Fences fences{PodsOf(deployment.max_surge, deployment.replicas, true),
                PodsOf(deployment.max_unavailable, deployment.replicas, false)};
  if (fences.surge == 0 && fences.unavailable == 0) fences.unavailable = 1;
  fences.unavailable = std::min(fences.unavailable, deployment.replicas);
  return fences;
}

int64_t NewSize(const Deployment& deployment, const Family& family, int64_t current_size) {
  if (deployment.recreate || current_size >= deployment.replicas) return deployment.replicas;
  const int64_t room = deployment.replicas + FencesOf(deployment).surge - SumOfSizes(family.All());
  return current_size + std::clamp<int64_t>(room, 0, deployment.replicas - current_size);
}

Sizes ShrinkOld(const Deployment& deployment, const Family& family) {
  Sizes sizes;
  if (SumOfSizes(family.old) == 0) return sizes;
  const Sets all = family.All();
  const int64_t least = deployment.replicas - FencesOf(deployment).unavailable;
  const int64_t new_unavailable =
      family.current == nullptr ? 0 : family.current->replicas - family.current->available_replicas;
  int64_t may_go = SumOfSizes(all) - least - new_unavailable;
  if (may_go <= 0) return sizes;

  for (const ReplicaSet* set : family.old) {
    const int64_t unavailable = std::max<int64_t>(set->replicas - set->available_replicas, 0);
    const int64_t gone = std::min(unavailable, std::max<int64_t>(may_go, 0));
    sizes[set->meta.name] = set->replicas - gone;
    may_go -= gone;
  }
  int64_t spare = SumOfAvailable(all) - least;
  for (const ReplicaSet* set : family.old) {
    int64_t& size = sizes[set->meta.name];
    const int64_t gone = std::min(size, std::max<int64_t>(spare, 0));
    size -= gone;
    spare -= gone;
  }
  return sizes;
}

Sizes Rescale(const Deployment& deployment, const Family& family) {
  if (const ReplicaSet* lone = Lone(family)) return {{lone->meta.name, deployment.replicas}};
  Sizes sizes;
  if (Saturated(deployment, family.current)) {
    for (const ReplicaSet* set : Sized(family.old)) sizes[set->meta.name] = 0;
    return sizes;
  }
  return deployment.recreate ? sizes : Divide(deployment, Sized(family.All()));
}

bool WasRescaled(const Deployment& deployment, const Family& family) {
  for (const ReplicaSet* set : Sized(family.All())) {
    const auto desired = ReadNumber(*set, kDesiredAnnotation);
    if (desired && *desired != deployment.replicas) return true;
  }
  return false;
}

}  // namespace ordinal::controllers::deployment
