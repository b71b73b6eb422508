// The manifest directory: reading it, and what changed in it.
#pragma once

#include <map>
#include <set>
#include <string>

#include "agent/base/directory_watch.h"

namespace ordinal::manifests {

/// What happened to the directory since the last question.
struct Changes {
  bool all = false;             ///< anything may have changed: read everything again
  bool lost = false;            ///< the directory was moved away or unmounted: what is not in it was not removed
  std::set<std::string> names;  ///< written, moved in or out, or deleted
  std::set<std::string> made;   ///< made but not written: nothing to read yet, unless it is a link or no file

  bool empty() const { return !all && names.empty() && made.empty(); }
  void Add(Changes other);
};

/// Used on the control thread.
class WatchedDirectory {
 public:
  explicit WatchedDirectory(const Executor& executor) : watch_(executor) {}

  /// Makes the directory when it is missing and starts watching it; again after it was lost. Does not block for long:
  /// a few calls to the kernel.
  Status Open(const std::string& directory);
  /// The last Open found no directory there.
  bool made() const { return made_; }
  /// Waits for changes of manifest files. `all` is set when events were lost or the directory itself is gone; Open must
  /// be called again then.
  Task<Result<Changes>> Next();

 private:
  DirectoryWatch watch_;
  bool made_ = false;
};

/// The text of a file, or why it cannot be read. A file that is gone is not in the map.
using Texts = std::map<std::string, Result<std::string>>;

/// Reads the manifests of `directory` that `changes` names, or all. Blocks. Links are followed; a link that
/// leads nowhere and anything but a regular file cannot be read.
Result<Texts> ReadManifests(const std::string& directory, const Changes& changes);

}  // namespace ordinal::manifests
