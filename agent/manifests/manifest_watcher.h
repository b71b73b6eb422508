// ManifestWatcher: what lies in the manifest directory is what runs. Adding, changing or removing a file changes it.
//
//   file ──read──> documents ──decode──> objects ──merge──> Door
//
// A file with any fault deletes nothing: its good documents are applied, its bad ones reported with file, line and
// field. Objects carry the name of their file, so files removed while the agent was down are noticed at start.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/base/blocking_pool.h"
#include "agent/base/signal.h"
#include "agent/manifests/directory.h"
#include "agent/store/door.h"

namespace ordinal::manifests {

class ManifestWatcher {
 public:
  ManifestWatcher(Executor executor, Clock& clock, store::Door& door, BlockingPool& pool, std::string directory);

  /// Applies everything, then follows the directory for ever.
  Task<void> Run();

  /// The first pass is done.
  bool Synced() const { return synced_; }

  /// By file name: what is wrong with it now, one line each, as it was logged.
  const std::map<std::string, std::vector<std::string>>& Errors() const { return errors_; }

 private:
  /// What one pass over a file found.
  struct Pass {
    std::set<api::ObjectKey> wanted;
    std::vector<std::string> errors;
    bool again = false;  ///< something has to wait: look at the file again
  };

  Task<void> Follow();
  Task<void> ApplyAll();
  Task<void> ApplyFile(std::string name);
  Task<Pass> ApplyText(std::string name, std::string text);
  Task<void> ApplyDocument(const std::string& name, const api::Document& document, Pass& pass);
  Task<void> RemoveUnwanted(const std::string& name, const std::set<api::ObjectKey>& wanted);
  Task<std::vector<api::Object>> ObjectsOf(std::string name);
  void Report(const std::string& name, std::vector<std::string> errors);
  void TryAgain(const std::string& name);

  Executor executor_;
  Clock& clock_;
  store::Door& door_;
  BlockingPool& pool_;
  const std::string directory_;
  DirectoryWatch watch_;
  std::set<std::string> due_;  ///< files to look at
  bool all_due_ = true;
  Signal work_;
  std::map<std::string, std::vector<std::string>> errors_;
  std::map<std::string, TimerHandle> retries_;
  bool synced_ = false;
};

}  // namespace ordinal::manifests
