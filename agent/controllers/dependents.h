// Dependents: where to look for the objects of one kind that an owner controls, and for those nobody controls.
//
// The cache says where to look, the store says what is there. A cache may be behind what this process wrote itself: a
// controller that counted by it would create too much. So names of what was created are noted until the cache knows
// them, and what is looked at is read afresh.
//
//   cache ──> names by owner ──┐
//   Note() ─> names not yet ───┴──> Read(): store.Get() of each ──> what counts
//
// Not thread-safe: everybody uses it on the control thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/store/cache.h"

namespace ordinal::controllers {

class Dependents {
 public:
  /// Adds its handler to the cache: build it before the cache runs, and before whoever asks it in a handler.
  explicit Dependents(store::Cache& cache);
  Dependents(const Dependents&) = delete;
  Dependents& operator=(const Dependents&) = delete;

  /// An object that was just created, or given a controller.
  void Note(const api::Object& created);

  /// The objects in `ns` that `owner_uid` controls and those that have no controller, as the store has them now.
  Task<Result<std::vector<api::Object>>> Read(store::ObjectStore& store, std::string ns, std::string owner_uid);

 private:
  using Names = std::set<std::pair<std::string, std::string>>;  // namespace, name
  void OnChange(const store::WatchEvent& event);
  Names Look(const std::string& ns, const std::string& controller) const;

  std::string kind_;
  std::map<std::string, Names> controlled_;  // by the controller's uid; empty: nobody's
  std::map<std::string, Names> noted_;       // the same, not yet seen by the cache
};

}  // namespace ordinal::controllers
