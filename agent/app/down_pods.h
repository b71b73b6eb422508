// The pods of this node as the store has them, for `ordinald down`: no agent runs that would know them. Part of the
// composition root.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/app/config.h"
#include "agent/base/clock.h"
#include "agent/store/sqlite/sqlite_store.h"

namespace ordinal {

class DownPods {
 public:
  /// Both outlive it.
  DownPods(const Config& config, Clock& clock) : config_(config), clock_(clock) {}

  /// Opens the store, which it keeps open, and reads them. Blocks while the store is read. Where there is no store
  /// there are no pods; one that cannot be opened, or read, is an error of the store's.
  Task<Status> Read(Executor executor);

  /// Null: the store has none of that uid on this node.
  std::shared_ptr<const api::Pod> Find(const std::string& uid) const;

  /// In which order the pods of these uids end: each queue one after another, the ordinals of a set from the highest
  /// down, and all queues side by side, as when the host shuts down (node/shutdown/order.h).
  std::vector<std::vector<std::string>> Queues(const std::set<std::string>& uids) const;

  /// Deletes the objects of those that a controller or a manifest makes again, in order, as after a first start; the
  /// others stay, and are run from their beginning. So do those of which something may still run, by `may_run` of the
  /// uid: without their objects others of the same name would be made beside them. Then closes the store. Adds to
  /// `left` what went wrong.
  Task<void> Forget(std::function<bool(const std::string&)> may_run, std::vector<std::string>& left);

 private:
  const Config& config_;
  Clock& clock_;
  std::unique_ptr<store::SqliteStore> store_;                    ///< null: there is none
  std::map<std::string, std::shared_ptr<const api::Pod>> pods_;  ///< by uid
};

}  // namespace ordinal
