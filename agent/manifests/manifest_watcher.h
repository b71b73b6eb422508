// ManifestWatcher: keeps the store as the files of a directory ask for it.
//
//   file written ── inotify ──> read and decode (pool) ──> plan ──> Objects: apply, delete
//
// Documents are applied as field manager `ordinald` (apply.h), so that a change to the file changes only what the file
// says. An object carries the file's name as an annotation, so that what a removed file asked for can be removed, also
// after a restart. A file with a fault never removes anything; its good documents are applied. What a file stopped
// asking for is removed when that lasts for kRemovalWait: editors take a file away and bring it back, scripts write one
// in pieces. An object is written when its document changes, not each time: a change made through the API stays until
// the file changes that field's document. An idle watcher waits for inotify and does nothing else.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/base/blocking_pool.h"
#include "agent/base/signal.h"
#include "agent/manifests/apply.h"
#include "agent/manifests/directory.h"
#include "agent/manifests/plan.h"

namespace ordinal::manifests {

/// How long an object is asked for by no file before it is removed. At the start there is no wait: what was removed
/// while the agent was away is not run again first.
inline constexpr Duration kRemovalWait = std::chrono::seconds(1);

/// All calls on the control thread. Must outlive the executor's use of its coroutines.
class ManifestWatcher {
 public:
  ManifestWatcher(Executor executor, Clock& clock, objects::Objects& client, BlockingPool& pool, std::string directory);

  /// Runs for ever. Makes the directory when it is missing.
  Task<void> Run();

  /// The first pass is over: every file that was there at the start is applied or reported.
  bool Synced() const { return synced_; }

  /// What is wrong now, by the file's path: "line 12: spec.replicas: …". Also logged once, as "manifest PATH: …".
  const std::map<std::string, std::vector<std::string>>& Errors() const { return errors_; }

 private:
  void Broken(const Error& error, const Changes& taken);
  Task<void> ReadEvents();
  Task<void> OpenDirectory();
  Task<bool> FindOwned();
  Changes TakePending();
  Task<void> Pass(Changes changes);
  Task<bool> Load(const Changes& changes);
  Task<void> ApplyOne(std::string file, ManifestObject object, std::map<std::string, std::vector<std::string>>& errors);
  Task<void> RemoveOne(api::ObjectKey key);
  std::vector<api::ObjectKey> Settled(const std::vector<api::ObjectKey>& unwanted);
  Task<void> AwaitGone(api::ObjectKey key, std::string uid, uint64_t revision);
  void TakeText(const std::string& name, Result<std::string> text);
  void Report(std::map<std::string, std::vector<std::string>> errors);
  void RetryLater();
  std::string PathOf(const std::string& name) const { return directory_ + "/" + name; }

  Executor executor_;
  Clock& clock_;
  objects::Objects& client_;
  BlockingPool& pool_;
  std::string directory_;

  WatchedDirectory events_;
  Signal wake_;
  Changes pending_;
  Files files_;
  Owners owned_;  ///< what the store has from files
  std::map<api::ObjectKey, std::pair<std::string, api::Json>>
      applied_;                     ///< file and document, so that it is not done again
  std::set<api::ObjectKey> going_;  ///< AwaitGone runs for these
  std::map<std::string, std::vector<std::string>> errors_;
  std::map<api::ObjectKey, SteadyTime> unwanted_since_;
  bool lost_ = false;  ///< the directory was not there or went away, and no manifest was seen in it since
  TimerHandle settle_, retry_;
  Duration backoff_{};
  bool synced_ = false;
  bool reading_ = false, heard_ = false;  ///< ReadEvents() runs, and began
};

}  // namespace ordinal::manifests
