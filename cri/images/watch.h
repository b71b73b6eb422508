// ImageDirectory: imports the tarballs in a directory at start, and whenever one is dropped in.
//
//   scan ──┐
//          ├─> queue ──> import one after the other ──> names (IsImported)
//   inotify┘                └── containerd away: again after a pause; a bad file: logged, left until it changes
//
// A file is imported once for each (mtime, size, inode). Hidden files (".part", ".kubia.tar.swp") are left alone, so
// that a copy can be prepared under such a name and renamed. Control thread; file calls go through the pool.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "agent/base/blocking_pool.h"
#include "agent/base/clock.h"
#include "agent/base/signal.h"
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

  /// Whether a tarball of this run brought the image of this name (NormalizeReference()). Such an image is as new as
  /// its owner wants it: imagePullPolicy Always is satisfied by it.
  bool IsImported(const std::string& normalized) const { return imported_.contains(normalized); }

  /// Returns when every tarball that was there at the start was imported or found bad, or after Stop(). Several
  /// coroutines may wait.
  Task<void> FirstScanDone();

 private:
  struct Stamp {
    int64_t mtime_ns = 0;
    uint64_t size = 0, inode = 0;
    auto operator<=>(const Stamp&) const = default;
  };
  using Listing = std::map<std::string, Stamp>;

  Result<int> Watch() const;
  Result<Listing> List() const;
  Task<void> ReadEvents();
  Task<Status> Scan();
  Task<void> ImportNext();
  void FinishFirstScan();

  Executor control_;
  std::string path_;
  TarballImporter& importer_;
  BlockingPool& pool_;
  Clock& clock_;
  asio::posix::stream_descriptor events_;
  Signal wake_;
  TimerHandle retry_;
  Duration pause_{0};
  bool stopped_ = false;
  bool changed_ = true;    ///< The directory has to be listed again.
  bool retrying_ = false;  ///< Something waits for retry_.
  bool first_done_ = false;
  Listing seen_;  ///< Imported or found bad.
  std::deque<std::pair<std::string, Stamp>> queue_;
  std::set<std::string> imported_;
  std::vector<std::shared_ptr<Signal>> waiting_;  ///< for the first scan
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace ordinal::cri
