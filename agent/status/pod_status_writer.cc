#include "agent/status/pod_status_writer.h"

#include "agent/base/log.h"

namespace ordinal::status {
namespace {

constexpr Duration kRetry = std::chrono::milliseconds(500);

}  // namespace

PodStatusWriter::PodStatusWriter(Executor executor, Clock& clock, store::Door& door)
    : executor_(std::move(executor)), clock_(clock), door_(door) {}

void PodStatusWriter::Set(const store::ObjectKey& key, const std::string& uid, store::Json status) {
  Entry& entry = entries_[key];
  if (entry.uid != uid) {
    entry.uid = uid;
    entry.written = nullptr;
    entry.forgotten = false;
  }
  entry.wanted = std::move(status);
  if (entry.writing || entry.wanted == entry.written) return;
  entry.writing = true;
  Spawn(executor_, "status of " + ToString(key), Write(key));
}

Task<void> PodStatusWriter::Write(store::ObjectKey key) {
  while (true) {
    // Entries stay in the map while `writing`: the reference is good until the end of this coroutine.
    Entry& entry = entries_[key];
    const store::Json status = entry.wanted;
    const std::string uid = entry.uid;
    const Result<store::Object> written = co_await door_.UpdateStatus(key, uid, status);
    bool gone = false;
    if (!written.ok() && entry.uid == uid) gone = co_await Gone(key, uid, written.error());
    if (!written.ok() && !gone) {
      log::Warning("{}: writing its status failed, trying again: {}", ToString(key), written.error().message);
      co_await Sleep(clock_, kRetry);
      continue;
    }
    entry.written = status;
    if (entry.uid == uid && !gone && entry.wanted != entry.written) continue;
    if (entry.uid != uid) continue;
    entry.writing = false;
    const auto waiters = std::exchange(entry.waiters, {});
    if (gone || entry.forgotten) entries_.erase(key);
    for (const auto& waiter : waiters) waiter->Notify();
    co_return;
  }
}

/// Whether a write failed because the pod is not there any more, rather than because others wrote it meanwhile.
Task<bool> PodStatusWriter::Gone(store::ObjectKey key, std::string uid, Error error) {
  if (error.code == ErrorCode::kNotFound) co_return true;
  if (error.code != ErrorCode::kConflict) co_return false;
  const Result<store::Object> stored = co_await door_.store().Get(key);
  co_return stored.ok() ? stored->uid() != uid : stored.error().code == ErrorCode::kNotFound;
}

Task<Status> PodStatusWriter::Flush(store::ObjectKey key) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || !found->second.writing) co_return Status();
  const auto done = std::make_shared<Signal>(executor_);
  found->second.waiters.push_back(done);
  co_await done->Wait();
  co_return Status();
}

void PodStatusWriter::Forget(const store::ObjectKey& key, const std::string& uid) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || found->second.uid != uid) return;
  found->second.forgotten = true;  // by the write under way, when it ends
  if (!found->second.writing) entries_.erase(found);
}

}  // namespace ordinal::status
