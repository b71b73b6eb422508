#include "agent/objects/any_cache.h"

#include <algorithm>
#include <set>

#include "agent/base/caught.h"
#include "agent/base/log.h"

namespace ordinal::objects {
namespace {

// Between attempts while the store is unavailable: quick enough that a restart of a remote store goes unnoticed,
// slow enough not to be a load on one that is down.
constexpr Duration kFirstDelay = std::chrono::milliseconds(50);
constexpr Duration kLongestDelay = std::chrono::seconds(5);

}  // namespace

AnyCache::AnyCache(store::ObjectReader& store, Clock& clock, std::string kind, store::ListOptions which)
    : store_(store), clock_(clock), kind_(std::move(kind)), which_(std::move(which)) {}

void AnyCache::Report(const Object& about, const std::function<void()>& handler) const {
  const Status handled = CaughtCall(handler);
  if (!handled.ok()) log::Error("cache of {}: news of {}: {}", kind_, about.name(), handled.error().message);
}

/// A document that no view can be made of is not in the cache; the others are.
void AnyCache::Learn(const Object& object, bool gone) {
  const Object* held = FindObject(object.ns(), object.name());
  const bool another = held != nullptr && held->uid() != object.uid();
  if (held != nullptr && (gone || another)) Drop(object.ns(), object.name());
  if (gone) return;
  const Status put = CaughtCall([&] { Put(object); });
  if (put.ok()) return;
  log::Error("cache of {}: reading {}: {}", kind_, object.name(), put.error().message);
  if (FindObject(object.ns(), object.name()) != nullptr) Drop(object.ns(), object.name());
}

/// This process wrote something newer than what the store tells at `revision`.
bool AnyCache::IsAhead(const Object& object, uint64_t revision) const {
  const auto ahead = ahead_.find({object.ns(), object.name()});
  return ahead != ahead_.end() && ahead->second > revision;
}

void AnyCache::GoAhead(const Object& written) {
  const Place place{written.ns(), written.name()};
  ahead_[place] = written.revision();
  told_at_.emplace(written.revision(), place);
}

void AnyCache::CatchUp(uint64_t revision) {
  revision_ = revision;
  while (!told_at_.empty() && told_at_.begin()->first <= revision) {
    const auto ahead = ahead_.find(told_at_.begin()->second);
    if (ahead != ahead_.end() && ahead->second <= revision) ahead_.erase(ahead);
    told_at_.erase(told_at_.begin());
  }
}

void AnyCache::Take(const Object& written) {
  const uint64_t revision = written.revision();
  if (!synced_ || revision <= revision_ || IsAhead(written, revision - 1)) return;
  GoAhead(written);
  Learn(written, /*gone=*/false);
}

void AnyCache::TakeGone(const Object& last) {
  const uint64_t revision = last.revision();
  if (!synced_ || revision <= revision_ || IsAhead(last, revision - 1)) return;
  GoAhead(last);
  Learn(last, /*gone=*/true);
}

/// Takes one event of the watch. The old state and the type are the cache's own: a store need not know them.
void AnyCache::Apply(const store::WatchEvent& event) {
  if (event.type == store::EventType::kBookmark) return;
  // At its own revision a write is known already, too.
  if (!IsAhead(event.object, event.revision - 1)) Learn(event.object, event.type == store::EventType::kDeleted);
  CatchUp(event.revision);
}

/// Brings the cache to `listed` and reports what that changed.
void AnyCache::Replace(store::ListResult listed) {
  if (listed.revision < revision_) {  // another store: what was written to the one before is none of its
    ahead_.clear();
    told_at_.clear();
  }
  std::set<Place> there;
  for (const Object& object : listed.items) there.emplace(object.ns(), object.name());
  std::vector<Object> gone;
  ForEachObject("", [&](const Object& held) {
    if (!there.contains({held.ns(), held.name()}) && !IsAhead(held, listed.revision)) gone.push_back(held);
  });
  for (const Object& object : gone) Learn(object, /*gone=*/true);
  for (const Object& object : listed.items) {
    if (IsAhead(object, listed.revision)) continue;
    const Object* held = FindObject(object.ns(), object.name());
    const bool same = held != nullptr && held->uid() == object.uid() && held->revision() == object.revision();
    if (!same) Learn(object, /*gone=*/false);
  }
  CatchUp(listed.revision);
}

void AnyCache::MarkSynced() {
  synced_ = true;
  for (Signal* signal : std::exchange(waiting_, {})) signal->Notify();
}

Task<void> AnyCache::WaitSynced() {
  const auto self = shared_from_this();
  if (synced_) co_return;
  Signal synced(co_await asio::this_coro::executor);
  waiting_.push_back(&synced);
  co_await synced.Wait();
  std::erase(waiting_, &synced);  // still there when the wait was cancelled
}

/// One list and the watch after it; returns why it ended.
Task<Error> AnyCache::ListAndWatch(Duration& delay) {
  auto listed = co_await store_.List(kind_, which_);
  if (!listed.ok()) co_return std::move(listed).error();
  const uint64_t revision = listed->revision;
  Replace(std::move(*listed));
  if (!synced_) MarkSynced();
  auto watch = co_await store_.StartWatch(kind_, which_, revision);
  if (!watch.ok()) co_return std::move(watch).error();
  delay = kFirstDelay;
  while (true) {
    auto events = co_await (*watch)->Next();
    if (!events.ok()) co_return std::move(events).error();
    for (const store::WatchEvent& event : *events) Apply(event);
  }
}

/// Ends only with why it ended; an exception is a reason, too: the next list repairs what it left undone.
Task<Status> AnyCache::Follow(Duration& delay) { co_return co_await ListAndWatch(delay); }

Task<void> AnyCache::Run() {
  const auto self = shared_from_this();
  Duration delay = kFirstDelay;
  while (true) {
    const Status ended = co_await Caught(Follow(delay));
    const Error& end = ended.error();
    if (end.code == ErrorCode::kCancelled) co_return;
    if (end.code == ErrorCode::kExpired) {
      log::Debug("cache of {}: {}", kind_, end.message);
    } else {
      log::Warning("cache of {}: {}; again in {} ms", kind_, end.message, delay / std::chrono::milliseconds(1));
    }
    // An expired watch is listed again at once, but a store that answers kExpired for ever gets the backoff too.
    if (end.code != ErrorCode::kExpired || delay != kFirstDelay) co_await Sleep(clock_, delay);
    delay = std::min(delay * 2, kLongestDelay);
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) co_return;
  }
}

}  // namespace ordinal::objects
