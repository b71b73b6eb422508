#include "agent/events/event_log.h"

#include <algorithm>
#include <utility>

#include "agent/base/caught.h"
#include "agent/base/log.h"

namespace ordinal::events {
namespace {

using api::Json;
using api::ObjectKey;

/// Brings a stored Event to what `wanted` says happened since.
bool Repeat(const Json& wanted, Json& stored) {
  for (const char* member : {"message", "count", "lastTimestamp", "series", "involvedObject"}) {
    if (wanted.contains(member)) stored[member] = wanted[member];
  }
  return true;
}

}  // namespace

EventLog::EventLog(Executor executor, Clock& clock, objects::Objects& client)
    : clock_(clock), client_(client), changed_(std::move(executor)) {}

void EventLog::Record(Occurrence said) {
  auto entry = correlator_.Observe(std::move(said), clock_.Now());
  if (!entry) return;
  if (waiting_.size() >= kMaxWaiting) waiting_.pop_front();
  waiting_.push_back(std::move(*entry));
  changed_.Notify();
}

Task<void> EventLog::Run() {
  while (true) {
    while (!waiting_.empty()) {
      Entry entry = std::move(waiting_.front());
      waiting_.pop_front();
      writing_ = true;
      const Status written = co_await Caught(Write(std::move(entry)));
      if (!written.ok()) log::Warning("writing an event: {}", written.error().message);
      writing_ = false;
    }
    if (std::exchange(sweep_due_, false)) {
      const Status swept = co_await Caught(Sweep());
      if (!swept.ok()) log::Warning("sweeping events: {}", swept.error().message);
    }
    if (waiting_.empty()) co_await changed_.Wait();
  }
}

Task<Status> EventLog::Write(Entry entry) {
  Json body = EventDocument(entry);
  if (entry.count > 1) {
    ObjectKey key{"Event", entry.ns, entry.name};
    std::function<bool(Json&)> change = [&body](Json& stored) { return Repeat(body, stored); };
    const auto repeated = co_await client_.Modify(std::move(key), std::move(change));
    // One that expired or was deleted is made again.
    if (repeated.ok() || repeated.error().code != ErrorCode::kNotFound) {
      if (!repeated.ok()) log::Debug("event {}/{}: {}", entry.ns, entry.name, repeated.error().message);
      co_return Status();
    }
  }
  const auto created = co_await client_.Create(std::move(body));
  if (!created.ok()) log::Debug("event {}/{}: {}", entry.ns, entry.name, created.error().message);
  SweepLater();
  co_return Status();
}

void EventLog::SweepLater() {
  if (std::exchange(sweep_timed_, true)) return;
  sweep_timer_ = clock_.After(kSweepEvery, [this] {
    sweep_timed_ = false;
    sweep_due_ = true;
    changed_.Notify();
  });
}

/// Nobody's finalizer keeps an event that is over: they would fill the store.
Task<Status> EventLog::Remove(api::Object event) {
  objects::DeleteOptions options;
  options.preconditions.revision = event.revision();
  if (!api::ReadMeta(event.body()).finalizers.empty()) {
    std::function<bool(api::Json&)> free = [](api::Json& body) { return body["metadata"].erase("finalizers") > 0; };
    CO_TRY(const api::Object freed, co_await client_.Modify(event.key(), std::move(free)));
    if (api::Deleting(freed.body())) co_return Status();  // it went with its last finalizer
    options.preconditions.revision = freed.revision();
  }
  const auto removed = co_await client_.Remove(event.key(), std::move(options));
  if (!removed.ok()) co_return removed.error();
  co_return Status();
}

/// Each with the time it was said last. What was read in the sweep before is not read again.
std::vector<std::pair<WallTime, api::Object>> EventLog::Dated(std::vector<api::Object> listed) {
  std::vector<std::pair<WallTime, api::Object>> dated;
  std::map<uint64_t, WallTime> said;
  for (api::Object& event : listed) {
    const auto known = said_.find(event.revision());
    const WallTime when = known != said_.end() ? known->second : LastSaid(event.body());
    said.emplace(event.revision(), when);
    dated.emplace_back(when, std::move(event));
  }
  said_ = std::move(said);
  return dated;
}

Task<Status> EventLog::Sweep() {
  std::string kind = "Event";
  store::ListOptions everything;
  auto listed = co_await client_.List(std::move(kind), std::move(everything));
  if (!listed.ok()) {
    SweepLater();
    co_return Status();
  }
  std::vector<std::pair<WallTime, api::Object>> kept = Dated(std::move(listed->items));
  std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  const size_t surplus = kept.size() > kMaxKept ? kept.size() - kMaxKept : 0;
  const WallTime oldest = clock_.Now() - kKeptFor;
  size_t gone = 0;
  while (gone < kept.size() && (gone < surplus || kept[gone].first <= oldest)) {
    const Status removed = co_await Remove(kept[gone].second);
    if (!removed.ok()) log::Debug("expired event: {}", removed.error().message);
    ++gone;
  }
  if (gone < kept.size()) SweepLater();
  co_return Status();
}

}  // namespace ordinal::events
