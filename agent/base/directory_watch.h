// DirectoryWatch: what happens in one directory, as inotify(7) tells it. The one reader of inotify: manifests, images
// and logs all look through it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/task.h"

namespace ordinal {

/// What inotify told at once.
struct DirectoryEvents {
  struct File {
    std::string name;
    uint32_t what = 0;  ///< the kernel's IN_… bits
  };
  std::vector<File> files;  ///< in the order in which it happened
  bool all = false;         ///< events were lost, or the directory is: anything may have changed; Open() it again
  bool lost = false;        ///< it was moved away or unmounted: its files went with it, and nobody removed them

  bool empty() const { return files.empty() && !all; }
};

/// Used on the control thread.
class DirectoryWatch {
 public:
  explicit DirectoryWatch(const Executor& executor);
  /// A Next() that waits ends with kCancelled, and refers to nothing of this.
  ~DirectoryWatch();
  DirectoryWatch(const DirectoryWatch&) = delete;
  DirectoryWatch& operator=(const DirectoryWatch&) = delete;

  /// Watches `directory`, in place of what was watched before, for `events` in it (IN_…) and for its own end. Does not
  /// block for long: two calls to the kernel. Fails when it is not there or no directory, and when the host gives no
  /// more inotify instances.
  Status Open(const std::string& directory, uint32_t events);

  /// Waits until something happened since Open() or the last Next(). kCancelled when the scope in which this runs asked
  /// to give up, and when the watch is destroyed. One coroutine at a time.
  Task<Result<DirectoryEvents>> Next();

 private:
  struct State;
  static Task<Result<DirectoryEvents>> NextOf(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace ordinal
