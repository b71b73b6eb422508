#include "agent/store/sqlite/pipeline.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "agent/base/log.h"
#include "agent/store/sqlite/sqlite_store.h"

namespace ordinal::store {

namespace {

// A copy of the store is made so long after a change: those that follow on it within that time are in it too. Of a
// large store less often, so that backups never write more than half a megabyte a second.
constexpr Duration kBackupDelay = std::chrono::seconds(30);
constexpr uint64_t kBackupBytesPerSecond = 512 * 1024;
// A failure is said once, also when the numbers at its end change.
constexpr size_t kSameWords = 24;

}  // namespace

Pipeline::Pipeline(Executor executor, Kinds kinds)
    : executor_(std::move(executor)), kinds_(std::move(kinds)), changed_(std::make_shared<Signal>(executor_)) {}

void Pipeline::Start(Loaded loaded, HistoryLimits history, StoreFiles files, bool backups) {
  last_revision_ = reserved_ = kept_reserved_ = loaded.reserved;
  wants_backup_ = !loaded.backed_up;
  feed_ = std::make_shared<Feed>(std::move(loaded.objects), loaded.reserved, history);
  const auto settled = [executor = executor_, weak = weak_from_this()](size_t entries, Status status) {
    asio::post(executor, [weak, entries, status = std::move(status)] {
      if (const auto pipeline = weak.lock()) pipeline->Settle(entries, status);
    });
  };
  const Writer::Origin origin{files, loaded.last, loaded.backed_up, backups};
  files_ = std::move(files);
  writer_ = std::make_unique<Writer>(std::move(loaded.db), origin, settled);
}

Task<Result<Object>> Pipeline::Write(ObjectKey key, Plan plan) {
  const auto self = shared_from_this();
  while (true) {
    if (closed_) co_return MakeError(ErrorCode::kUnavailable, "write " + ToString(key) + ": the store is closed");
    const auto found = newest_.find(key);
    EntryPtr basis = found == newest_.end() ? nullptr : found->second;
    Result<Change> change = plan(Newest(key, basis), last_revision_ + 1);
    const bool writes = change.ok() && change->revision != 0;
    if (writes && NeedsNoDisk(*change)) {
      last_revision_ = change->revision;
      feed_->Publish(*change);
      co_return change->object;
    }
    // A refusal, or a write that changes nothing, may rest on a write that is not durable yet.
    const EntryPtr awaited = writes ? Enqueue(std::move(*change)) : basis;
    if (awaited) {
      const Status settled = co_await Wait(awaited);
      if (!settled.ok() && (writes || settled.error().code == ErrorCode::kCancelled)) {
        co_return settled.error().With("write " + ToString(key));
      }
      if (!settled.ok()) continue;  // what it rested on never happened
      if (writes) co_return awaited->change.object;
    }
    if (!change.ok()) co_return std::move(change).error();
    co_return change->object;
  }
}

Object Pipeline::Newest(const ObjectKey& key, const EntryPtr& in_flight) const {
  if (in_flight) return in_flight->change.type == EventType::kDeleted ? Object() : in_flight->change.object;
  const Object* visible = feed_->Find(key);
  return visible ? *visible : Object();
}

bool Pipeline::IsVolatile(const Change& change) const {
  if (kinds_.in_memory.contains(change.object.kind())) return true;
  return change.type == EventType::kModified && kinds_.volatile_change &&
         kinds_.volatile_change(change.old, change.object);
}

bool Pipeline::NeedsNoDisk(const Change& change) const {
  const std::string& kind = change.object.kind();
  const bool in_memory = IsVolatile(change) || (failure_ && kinds_.while_failing.contains(kind));
  // Behind others in flight it waits its turn: changes become visible in the order of their revisions.
  return in_flight_.empty() && change.revision <= reserved_ && in_memory;
}

Pipeline::EntryPtr Pipeline::Enqueue(Change change) {
  auto entry = std::make_shared<Entry>();
  entry->change = std::move(change);
  Change& queued = entry->change;
  last_revision_ = queued.revision;
  if (!IsVolatile(queued)) {
    unsent_.rows.push_back({queued.type == EventType::kDeleted, queued.object.key(), queued.revision, queued.text});
  }
  if (last_revision_ > reserved_) Reserve(*entry);
  newest_[queued.object.key()] = entry;
  Send(entry);
  return entry;
}

void Pipeline::Reserve(Entry& entry) {
  reserved_ = last_revision_ + kRevisionBlock;
  entry.reserves = unsent_.reserved = reserved_;
}

void Pipeline::Send(const EntryPtr& entry) {
  ++unsent_.entries;
  in_flight_.push_back(entry);
  ScheduleFlush();
}

Task<Status> Pipeline::Probe() {
  const auto self = shared_from_this();
  if (closed_) co_return MakeError(ErrorCode::kUnavailable, "the store is closed");
  const auto entry = std::make_shared<Entry>();
  Reserve(*entry);
  Send(entry);
  co_return co_await Wait(entry);
}

void Pipeline::ScheduleFlush() {
  // Not at once: the other coroutines that are ready now get into the same transaction.
  if (std::exchange(flush_scheduled_, true)) return;
  asio::post(executor_, [weak = weak_from_this()] {
    if (const auto pipeline = weak.lock()) pipeline->Flush();
  });
}

void Pipeline::Flush() {
  flush_scheduled_ = false;
  if (unsent_.entries == 0) return;
  unsent_.epoch = epoch_;
  writer_->Submit(std::exchange(unsent_, Batch()));
}

void Pipeline::Settle(size_t entries, const Status& status) {
  if (!status.ok()) return FailAll(status);
  if (std::exchange(failure_, std::nullopt)) log::Info("{} is written again", files_->Main());
  for (; entries > 0; --entries) {
    const EntryPtr entry = in_flight_.front();
    in_flight_.pop_front();
    Publish(entry);
  }
}

void Pipeline::Publish(const EntryPtr& entry) {
  kept_reserved_ = std::max(kept_reserved_, entry->reserves);
  if (entry->change.revision != 0) {
    const auto newest = newest_.find(entry->change.object.key());
    if (newest->second == entry) newest_.erase(newest);
    feed_->Publish(entry->change);
    wants_backup_ = true;
    changed_->Notify();
  }
  End(*entry, Status());
}

void Pipeline::FailAll(const Status& status) {
  ++epoch_;
  if (!failure_ || failure_->reason != status.error().reason) log::Error("{}", status.error().message);
  failure_ = status.error();
  reserved_ = kept_reserved_;  // it may be more by now, which is no harm
  unsent_ = Batch();
  newest_.clear();
  for (const EntryPtr& entry : std::exchange(in_flight_, {})) End(*entry, status);
}

void Pipeline::End(Entry& entry, const Status& status) {
  entry.outcome = status;
  for (const auto& signal : std::exchange(entry.waiting, {})) signal->Notify();
}

Task<Status> Pipeline::Wait(EntryPtr entry) {
  if (!entry->outcome) {
    const auto settled = std::make_shared<Signal>(co_await asio::this_coro::executor);
    entry->waiting.push_back(settled);
    co_await settled->Wait();
  }
  if (!entry->outcome) co_return MakeError(ErrorCode::kCancelled, "cancelled before it was known to be on disk");
  co_return *entry->outcome;
}

Duration Pipeline::UntilBackup() const {
  std::error_code failed;
  const auto bytes = std::filesystem::file_size(files_->Main(), failed);
  return std::max<Duration>(kBackupDelay, std::chrono::seconds(failed ? 0 : bytes / kBackupBytesPerSecond));
}

Task<void> Pipeline::KeepBackups(Clock& clock) {
  const auto self = shared_from_this();
  std::string said;
  while (!closed_) {
    while (!wants_backup_ && !closed_) co_await changed_->Wait();
    co_await Sleep(clock, UntilBackup());
    wants_backup_ = false;
    if (closed_) co_return;
    const Result<uint64_t> made = co_await BackUp();
    wants_backup_ = wants_backup_ || !made.ok();
    const std::string failure = made.ok() ? "" : made.error().reason + made.error().message.substr(0, kSameWords);
    if (!failure.empty() && failure != said) {
      log::Warning("{} could not be renewed: {}", files_->Backup(), made.error().message);
    }
    said = failure;
  }
}

Task<Result<uint64_t>> Pipeline::BackUp() {
  struct Answer {
    std::optional<Result<uint64_t>> made;
    std::shared_ptr<Signal> come;
  };
  const auto answer = std::make_shared<Answer>();
  answer->come = std::make_shared<Signal>(executor_);
  writer_->BackUp([answer, executor = executor_](Result<uint64_t> made) {
    asio::post(executor, [answer, made = std::move(made)] {
      answer->made = made;
      answer->come->Notify();
    });
  });
  co_await answer->come->Wait();
  if (!answer->made) co_return MakeError(ErrorCode::kCancelled, "cancelled before it was made");
  co_return *answer->made;
}

Status Pipeline::Close() {
  if (std::exchange(closed_, true)) return {};
  changed_->Notify();
  Flush();
  const bool counter_differs = reserved_ != last_revision_;
  Status closed = writer_->Close(counter_differs ? last_revision_ : 0);
  feed_->Stop();
  return closed;
}

}  // namespace ordinal::store
