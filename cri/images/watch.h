// ImageDirectory: imports the tarballs in a directory at start, and whenever one is dropped in.
//
//   scan ──┐
//          ├─> queue ──> import one after the other ──> names (IsImported)
//   inotify┘                └── containerd away: again after a pause; a bad file: logged, left until it changes
//
// A file is imported once for each (mtime, size, inode), over restarts too (import_record.h): one that was imported and
// whose images are still there is not read again. Hidden files (".part", ".kubia.tar.swp") are left alone, so
// that a copy can be prepared under such a name and renamed. Control thread; file calls go through the pool.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "agent/base/blocking_pool.h"
#include "agent/base/clock.h"
#include "agent/base/directory_watch.h"
#include "agent/base/scope.h"
#include "agent/base/signal.h"
#include "cri/images/import_record.h"
#include "cri/images/importer.h"

namespace ordinal::cri {

class ImageDirectory {
 public:
  ImageDirectory(const Executor& control, std::string path, TarballImporter& importer, BlockingPool& pool,
                 Clock& clock);

  /// Makes the directory when it is missing, then watches it until Stop(). An error only when it cannot be made or
  /// watched. Spawned once; the object outlives it.
  Task<Status> Run();
  void Stop();

  /// Called when a tarball was dealt with: imported, recognised or found bad.
  void OnProgress(std::function<void()> handler) { progress_ = std::move(handler); }

  /// Whether an image of this name (NormalizeReference()) is still to come from a tarball that has not been dealt with.
  /// kPerhaps: there are such, and nobody knows what is in them.
  enum class Coming { kNo, kPerhaps, kYes };
  Coming IsComing(const std::string& normalized) const;

  /// Whether a tarball of this run brought the image of this name (NormalizeReference()). Such an image is as new as
  /// its owner wants it: imagePullPolicy Always is satisfied by it.
  bool IsImported(const std::string& normalized) const { return imported_.contains(normalized); }

  /// An image that a tarball brought (IsImported) is not on this host any more: its tarball, if it is still here, is
  /// read again, and until then the image is to come, perhaps. Once in kReadAgainEvery: who removes it over and over
  /// keeps nobody busy.
  void IsMissing(const std::string& normalized);
  static constexpr Duration kReadAgainEvery = std::chrono::seconds(10);

  /// Returns when every tarball that was there at the start was imported or found bad, or after Stop(). Several
  /// coroutines may wait.
  Task<void> FirstScanDone();

 private:
  using Listing = std::map<std::string, FileStamp>;

  Task<void> Turn();
  void TryAgain();
  Task<Status> Watch();
  Result<Listing> List() const;
  Task<void> ReadEvents();
  Task<void> WatchAgain();
  Task<Status> Scan();
  Task<bool> IsThere(const std::string& file, const FileStamp& stamp);
  Task<void> ImportNext();
  int Broke(const std::string& file, const FileStamp& stamp);
  Task<void> Imported(std::string file, FileStamp stamp, std::vector<std::string> names);
  void FinishFirstScan();

  Executor control_;
  std::string path_;
  TarballImporter& importer_;
  BlockingPool& pool_;
  Clock& clock_;
  DirectoryWatch watch_;
  Scope scope_;
  Signal wake_;
  TimerHandle retry_, watch_again_;
  Duration pause_{0};
  bool stopped_ = false;
  bool changed_ = true;    ///< The directory has to be listed again.
  bool gone_ = false;      ///< … and watched again.
  bool retrying_ = false;  ///< Something waits for retry_.
  bool first_done_ = false;
  Listing seen_;                                             ///< Imported or found bad.
  std::map<std::string, std::pair<FileStamp, int>> broken_;  ///< How many imports of a file ended with an exception.
  std::deque<std::pair<std::string, FileStamp>> queue_;
  ImportRecord record_;
  bool listed_ = false;  ///< queue_ tells what is to come
  std::function<void()> progress_;
  std::set<std::string> imported_;
  std::map<std::string, SteadyTime> missed_;      ///< When a name was read again for last.
  std::vector<std::shared_ptr<Signal>> waiting_;  ///< for the first scan
};

}  // namespace ordinal::cri
