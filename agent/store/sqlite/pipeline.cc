#include "agent/store/sqlite/pipeline.h"

#include <utility>

#include "agent/store/sqlite/sqlite_store.h"

namespace ordinal::store {

Pipeline::Pipeline(Executor executor, std::set<std::string> volatile_kinds)
    : executor_(std::move(executor)), volatile_kinds_(std::move(volatile_kinds)) {}

void Pipeline::Start(Loaded loaded, HistoryLimits history, std::optional<StoreFiles> backup) {
  last_revision_ = reserved_ = loaded.reserved;
  feed_ = std::make_shared<Feed>(std::move(loaded.objects), loaded.reserved, history);
  const auto settled = [executor = executor_, weak = weak_from_this()](size_t entries, Status status) {
    asio::post(executor, [weak, entries, status = std::move(status)] {
      if (const auto pipeline = weak.lock()) pipeline->Settle(entries, status);
    });
  };
  writer_ = std::make_unique<Writer>(std::move(loaded.db), std::move(backup), settled);
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

bool Pipeline::NeedsNoDisk(const Change& change) const {
  // Behind others in flight it waits its turn: changes become visible in the order of their revisions.
  return in_flight_.empty() && change.revision <= reserved_ && volatile_kinds_.contains(change.object.kind());
}

Pipeline::EntryPtr Pipeline::Enqueue(Change change) {
  auto entry = std::make_shared<Entry>();
  entry->change = std::move(change);
  Change& queued = entry->change;
  last_revision_ = queued.revision;
  if (!volatile_kinds_.contains(queued.object.kind())) {
    unsent_.rows.push_back(
        {queued.type == EventType::kDeleted, queued.object.key(), queued.revision, std::move(queued.text)});
  }
  if (last_revision_ > reserved_) {
    reserved_ = last_revision_ + kRevisionBlock;
    unsent_.reserved = reserved_;
  }
  ++unsent_.entries;
  in_flight_.push_back(entry);
  newest_[queued.object.key()] = entry;
  ScheduleFlush();
  return entry;
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
  for (; entries > 0; --entries) {
    const EntryPtr entry = in_flight_.front();
    in_flight_.pop_front();
    Publish(entry);
  }
}

void Pipeline::Publish(const EntryPtr& entry) {
  const auto newest = newest_.find(entry->change.object.key());
  if (newest->second == entry) newest_.erase(newest);
  feed_->Publish(entry->change);
  End(*entry, Status());
}

void Pipeline::FailAll(const Status& status) {
  ++epoch_;
  reserved_ = 0;  // unknown now: the next write reserves again
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

Status Pipeline::Close() {
  if (std::exchange(closed_, true)) return {};
  Flush();
  const bool counter_differs = reserved_ != last_revision_;
  Status closed = writer_->Close(counter_differs ? last_revision_ : 0);
  feed_->Stop();
  return closed;
}

}  // namespace ordinal::store
