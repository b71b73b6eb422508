// The ControllerRevisions of sets in the store: which are a set's own, and the writes about them.
//
// Revisions without a controller that a set's selector matches are adopted, as pods are: those of a set that was
// deleted without its dependents are the history of the one that takes its place, count for its limit and go with it
// (pkg/controller/statefulset: adoptOrphanRevisions; pkg/controller/history). Those that no set selects stay.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/controllers/context.h"
#include "agent/controllers/revisions.h"
#include "agent/objects/cache.h"

namespace ordinal::controllers {

class History {
 public:
  using Cache = objects::Cache<api::ControllerRevision>;

  /// Build it before the cache runs. `context` outlives it.
  History(Context& context, Cache& revisions);
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  void OnChange(Cache::Handler handler) { revisions_.OnChange(std::move(handler)); }
  Task<void> WaitSynced() { return revisions_.WaitSynced(); }

  /// Adopts what the owner's selector matches unless the owner is being deleted; then the owner's own.
  Task<Result<RevisionRefs>> Read(TemplateOwner owner);

  /// Creates or renumbers what ResolveTemplate() asks for. kConflict when the name is taken: by another template or a
  /// set that stays, which the set's collisionCount then avoids, or by an earlier set, whose revisions go.
  Task<Status> Apply(TemplateOwner owner, std::optional<api::Json> create, std::optional<RenumberRevision> renumber);

  /// Deletes them; settled when they are gone.
  Task<Status> Remove(std::string ns, std::vector<std::string> names);

 private:
  Task<Status> Create(TemplateOwner owner, api::Json body);
  Task<Result<bool>> Lasts(api::OwnerReference controller, TemplateOwner owner);
  Task<Status> Collide(TemplateOwner owner, std::string why);
  Task<Status> Settle(TemplateOwner owner, api::Object existing, api::Json data);

  Context& context_;
  Cache& revisions_;
  const objects::Index<api::ControllerRevision>& by_controller_;
};

}  // namespace ordinal::controllers
