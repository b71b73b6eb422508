// SnapshotSlot: one writer replaces the snapshot, many threads read it. A reader's check costs one atomic load; it
// takes the lock only when the snapshot has changed.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "dns/snapshot/snapshot.h"

namespace ordinal::dns {

class SnapshotSlot {
 public:
  void Publish(std::shared_ptr<const Snapshot> snapshot) {
    {
      const std::lock_guard lock(mutex_);
      snapshot_.swap(snapshot);
      version_.fetch_add(1, std::memory_order_release);
    }
    // The old one, perhaps large, is let go outside the lock.
  }
  bool empty() const { return version_.load(std::memory_order_acquire) == 0; }

 private:
  friend class SnapshotReader;
  std::atomic<uint64_t> version_ = 0;
  std::mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_;
};

/// One thread's view. The slot is not empty when Current() is called.
class SnapshotReader {
 public:
  explicit SnapshotReader(SnapshotSlot& slot) : slot_(slot) {}

  /// The newest snapshot; valid until the next call. Everything published before a query was sent is seen by the
  /// Current() called after that query was received.
  const Snapshot& Current() {
    if (slot_.version_.load(std::memory_order_acquire) != version_) {
      const std::lock_guard lock(slot_.mutex_);
      snapshot_ = slot_.snapshot_;
      version_ = slot_.version_.load(std::memory_order_relaxed);
    }
    return *snapshot_;
  }

 private:
  SnapshotSlot& slot_;
  uint64_t version_ = 0;
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace ordinal::dns
