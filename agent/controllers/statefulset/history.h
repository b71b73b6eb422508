// The ControllerRevisions of StatefulSets in the store: which are a set's own, and the writes about them.
//
// Revisions without a controller that a set's selector matches are adopted, as pods are: those of a set that was
// deleted without its dependents are the history of the one that takes its place, count for its limit and go with it
// (pkg/controller/statefulset: adoptOrphanRevisions; pkg/controller/history). Those that no set selects stay.
#pragma once

#include <vector>

#include "agent/controllers/context.h"
#include "agent/controllers/dependents.h"
#include "agent/controllers/statefulset/revisions.h"

namespace ordinal::controllers::statefulset {

class History {
 public:
  /// Build it before the cache runs and before who asks it in a handler. `context` outlives it.
  History(Context& context, store::Cache& revisions);
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  /// Adopts what the set's selector matches unless the set is being deleted; then the set's own, as the store has
  /// them now.
  Task<Result<std::vector<api::ControllerRevision>>> Read(const api::StatefulSet& set);

  /// Creates or renumbers what ResolveRevisions() asks for. kConflict when the name is taken by another template, which
  /// the set's collisionCount then avoids, or by another set.
  Task<Status> Apply(const api::StatefulSet& set, const Revisions& revisions);

 private:
  Task<Status> Create(const api::StatefulSet& set, api::Json body);
  Task<Status> Settle(const api::StatefulSet& set, api::Object existing, api::Json data);

  Context& context_;
  Dependents dependents_;
};

}  // namespace ordinal::controllers::statefulset
