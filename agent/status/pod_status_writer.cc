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
    const bool gone = !written.ok() && (written.error().code == ErrorCode::kNotFound ||
                                        (written.error().code == ErrorCode::kConflict && entry.uid == uid));
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
    if (gone) entries_.erase(key);
    for (const auto& waiter : waiters) waiter->Notify();
    co_return;
  }
}

Task<Status> PodStatusWriter::Flush(store::ObjectKey key) {
  const auto found = entries_.find(key);
  if (found == entries_.end() || !found->second.writing) co_return Status();
  const auto done = std::make_shared<Signal>(executor_);
  found->second.waiters.push_back(done);
  co_await done->Wait();
  co_return Status();
}

void PodStatusWriter::Forget(const store::ObjectKey& key) {
  const auto found = entries_.find(key);
  if (found != entries_.end() && !found->second.writing) entries_.erase(found);
}

}  // namespace ordinal::status
