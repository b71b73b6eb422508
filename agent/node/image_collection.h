// ImageCollection: unused images go when the disk they are on is used too much, or when they get too old
// (image_plan.h).
//
//   start ──> look ──> every period: look, too old ─> removed, disk ─> oldest use first ─> removed
//
// When images were used last is kept in memory: a new agent counts from its start. Control thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/base/signal.h"
#include "agent/events/recorder.h"
#include "agent/node/pulled_images.h"

namespace ordinal::node {

class ImageCollection {
 public:
  /// All of it outlives the collection.
  struct Parts {
    Executor executor;
    Clock& clock;
    BlockingPool& pool;
    cri::Runtime& runtime;
    events::Recorder& recorder;
    std::string node_name, record_file;
  };
  struct Sources {
    std::function<NamesInUse()> names;
    std::function<Result<DiskUse>(const std::string& path)> disk;  ///< of the file system there; blocks, on the pool
  };
  ImageCollection(Parts parts, Sources sources, CollectionPolicy policy);

  /// An image was pulled by this name.
  void Pulled(const std::string& reference, const std::string& id);

  /// Looks, and collects every period, for ever.
  Task<void> Run();

  // Of the two that follow one goes on at a time; one caller of each.

  /// One collection. An error: of the runtime, of a disk that cannot be asked, or of images that could not be removed.
  Task<Status> Collect();
  /// Removes all that nobody uses and that are not too young, whatever the disk: there is pressure.
  Task<Status> RemoveUnused();

 private:
  struct Removal {
    uint64_t freed = 0;  ///< bytes
    Status status;
  };
  Task<Status> InTurn(Task<Status> what);
  Task<Status> CollectNow();
  Task<Status> RemoveUnusedNow();
  Task<Status> Look();
  Task<Removal> Remove(std::vector<SeenImage> images, uint64_t at_least, std::string why);
  Task<Status> FreeSpace();
  Task<void> CollectAndSay();
  Task<void> WriteRecord();
  void SayShort(uint64_t wanted, uint64_t freed);
  void Say(std::string reason, std::string message);

  const Parts parts_;
  const Sources sources_;
  const CollectionPolicy policy_;
  PulledImages pulled_;
  ImageRecords records_;
  Signal wake_;
  Signal turn_;          ///< for who waits until it is its turn
  bool busy_ = false;    ///< it is somebody's turn
  bool read_ = false;    ///< what earlier agents pulled
  bool looked_ = false;  ///< once
  TimerHandle timer_;
  bool due_ = false;
  bool failed_before_ = false;
  std::optional<SteadyTime> short_said_;  ///< when it was said that not enough could be freed, as long as that lasts
};

}  // namespace ordinal::node
