// What one object takes of a namespace's resources (k8s.io/kubernetes pkg/quota/v1/evaluator). Pure.
#pragma once

#include <set>
#include <string>

#include "agent/api/kind.h"
#include "agent/api/kinds/resource_quota/amounts.h"

namespace ordinal::api {

/// Whether an object of the kind may take some of the resource.
bool MayTake(const KindInfo& kind, std::string_view resource);

/// "count/deployments.apps".
std::string CountOf(const KindInfo& kind);

/// What objects of one kind take of some resources: made once for many objects, and reads of each as little as it has
/// to.
class ObjectCounter {
 public:
  /// `kind` outlives this. Of `wanted` only the names count.
  ObjectCounter(const KindInfo& kind, const Amounts& wanted);

  /// A pod that is over, or whose grace of deletion has passed at `now`, is only an object: "count/pods". Of events,
  /// and of kinds that are in no namespace, nothing is counted.
  Amounts Of(const Json& body, WallTime now) const;

  /// Each object takes the same, whatever it says: OfAlike() of their number is what they take.
  bool all_alike() const { return others_.empty(); }
  Amounts OfAlike(int64_t count) const;

 private:
  const KindInfo& kind_;
  Amounts each_;                  ///< one of each
  std::set<std::string> others_;  ///< what has to be read
};

}  // namespace ordinal::api
