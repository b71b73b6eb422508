// The only writer of pod status. Takes what podsync reports, writes the newest of each pod, skips what is stored
// already, and tries again while the store is away.
#pragma once

#include <map>
#include <string>

#include "agent/base/signal.h"
#include "agent/store/door.h"

namespace ordinal::status {

class PodStatusWriter {
 public:
  PodStatusWriter(Executor executor, Clock& clock, store::Door& door);

  /// The newest status of a pod. Returns at once; a write begins if none is under way for this pod.
  void Set(const store::ObjectKey& key, const std::string& uid, store::Json status);

  /// Resumes when what was set last for `key` is stored, or its object is gone.
  Task<Status> Flush(store::ObjectKey key);

  /// The object with this uid is gone: forgets what was written of it. A newer pod of that name is left alone.
  void Forget(const store::ObjectKey& key, const std::string& uid);

  size_t size() const { return entries_.size(); }  ///< Pods it remembers.

 private:
  struct Entry {
    std::string uid;
    store::Json wanted, written;
    bool writing = false, forgotten = false;
    std::vector<std::shared_ptr<Signal>> waiters;
  };

  Task<void> Write(store::ObjectKey key);
  Task<bool> Gone(store::ObjectKey key, std::string uid, Error error);

  Executor executor_;
  Clock& clock_;
  store::Door& door_;
  std::map<store::ObjectKey, Entry> entries_;
};

}  // namespace ordinal::status
