#include "agent/store/cache.h"

#include <algorithm>

#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/base/signal.h"

namespace ordinal::store {
namespace {

// Between attempts while the store is unavailable: quick enough that a restart of a remote store goes unnoticed,
// slow enough not to be a load on one that is down.
constexpr Duration kFirstDelay = std::chrono::milliseconds(50);
constexpr Duration kLongestDelay = std::chrono::seconds(5);

using Place = std::pair<std::string, std::string>;  // namespace, name

Place PlaceOf(const Object& object) { return {object.ns(), object.name()}; }

}  // namespace

struct Cache::Impl {
  Impl(ObjectStore& the_store, Clock& the_clock, std::string the_kind)
      : store(the_store), clock(the_clock), kind(std::move(the_kind)) {}

  ObjectStore& store;
  Clock& clock;
  std::string kind;
  std::vector<Handler> handlers;
  std::map<Place, Object> objects;
  bool synced = false;
  std::vector<Signal*> waiting;  // coroutines in WaitSynced

  void Report(const WatchEvent& event) const {
    for (const Handler& handler : handlers) {
      const Status handled = CaughtCall([&] { handler(event); });
      if (!handled.ok()) log::Error("cache of {}: news of {}: {}", kind, event.object.name(), handled.error().message);
    }
  }

  /// Brings the objects to `listed` and reports what that changed.
  void Replace(ListResult listed) {
    std::map<Place, Object> next;
    for (Object& object : listed.items) next.insert_or_assign(PlaceOf(object), std::move(object));
    std::map<Place, Object> before = std::exchange(objects, std::move(next));
    for (const auto& [place, old] : before) {
      if (!objects.contains(place)) {
        Report({EventType::kDeleted, old.WithRevision(listed.revision), old, listed.revision});
      }
    }
    // Handlers may not change the objects: the cache changes only here and in Apply, on the same thread.
    for (const auto& [place, object] : objects) {
      const auto old = before.find(place);
      if (old == before.end()) {
        Report({EventType::kAdded, object, Object(), object.revision()});
      } else if (old->second.uid() != object.uid()) {
        Report({EventType::kDeleted, old->second.WithRevision(listed.revision), old->second, listed.revision});
        Report({EventType::kAdded, object, Object(), object.revision()});
      } else if (old->second.revision() != object.revision()) {
        Report({EventType::kModified, object, old->second, object.revision()});
      }
    }
  }

  /// Takes one event of the watch. The old state and the type are the cache's own: a store need not know them.
  void Apply(WatchEvent event) {
    if (event.type == EventType::kBookmark) return;
    const Place place = PlaceOf(event.object);
    const auto found = objects.find(place);
    if (event.type == EventType::kDeleted) {
      if (found == objects.end()) return;
      event.old = std::move(found->second);
      objects.erase(found);
    } else if (found == objects.end()) {
      event.type = EventType::kAdded;
      event.old = Object();
      objects.emplace(place, event.object);
    } else {
      event.type = EventType::kModified;
      event.old = std::exchange(found->second, event.object);
    }
    Report(event);
  }

  void MarkSynced() {
    synced = true;
    for (Signal* signal : std::exchange(waiting, {})) signal->Notify();
  }

  /// One list and the watch after it; returns why it ended.
  Task<Error> ListAndWatch(Duration& delay) {
    const ListOptions everything;
    auto listed = co_await store.List(kind, everything);
    if (!listed.ok()) co_return std::move(listed).error();
    const uint64_t revision = listed->revision;
    Replace(std::move(*listed));
    if (!synced) MarkSynced();
    auto watch = co_await store.StartWatch(kind, everything, revision);
    if (!watch.ok()) co_return std::move(watch).error();
    delay = kFirstDelay;
    while (true) {
      auto events = co_await (*watch)->Next();
      if (!events.ok()) co_return std::move(events).error();
      for (WatchEvent& event : *events) Apply(std::move(event));
    }
  }

  /// Ends only with why it ended; an exception is a reason, too: the next list repairs what it left undone.
  Task<Status> Follow(Duration& delay) { co_return co_await ListAndWatch(delay); }

  static Task<void> Run(std::shared_ptr<Impl> self) {
    Duration delay = kFirstDelay;
    while (true) {
      const Status ended = co_await Caught(self->Follow(delay));
      const Error& end = ended.error();
      if (end.code == ErrorCode::kCancelled) co_return;
      if (end.code == ErrorCode::kExpired) {
        log::Debug("cache of {}: {}", self->kind, end.message);
      } else {
        log::Warning("cache of {}: {}; again in {} ms", self->kind, end.message, delay / std::chrono::milliseconds(1));
      }
      // An expired watch is listed again at once, but a store that answers kExpired for ever gets the backoff too.
      if (end.code != ErrorCode::kExpired || delay != kFirstDelay) co_await Sleep(self->clock, delay);
      delay = std::min(delay * 2, kLongestDelay);
      if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) co_return;
    }
  }
};

Cache::Cache(ObjectStore& store, Clock& clock, std::string kind)
    : impl_(std::make_shared<Impl>(store, clock, std::move(kind))) {}

void Cache::OnChange(Handler handler) { impl_->handlers.push_back(std::move(handler)); }

Task<void> Cache::Run() { return Impl::Run(impl_); }

bool Cache::Synced() const { return impl_->synced; }

Task<void> Cache::WaitSynced() {
  const auto impl = impl_;
  if (impl->synced) co_return;
  Signal synced(co_await asio::this_coro::executor);
  impl->waiting.push_back(&synced);
  co_await synced.Wait();
  std::erase(impl->waiting, &synced);  // still there when the wait was cancelled
}

const Object* Cache::Find(const std::string& ns, const std::string& name) const {
  const auto found = impl_->objects.find({ns, name});
  return found == impl_->objects.end() ? nullptr : &found->second;
}

void Cache::ForEach(const std::string& ns, const std::function<void(const Object&)>& visit) const {
  const auto& objects = impl_->objects;
  for (auto it = objects.lower_bound({ns, ""}); it != objects.end(); ++it) {
    if (!ns.empty() && it->first.first != ns) break;
    visit(it->second);
  }
}

void Cache::ForEachNamed(const std::string& ns, const std::string& prefix,
                         const std::function<void(const Object&)>& visit) const {
  const auto& objects = impl_->objects;
  for (auto it = objects.lower_bound({ns, prefix}); it != objects.end(); ++it) {
    if (it->first.first != ns || !it->first.second.starts_with(prefix)) break;
    visit(it->second);
  }
}

size_t Cache::size() const { return impl_->objects.size(); }

const std::string& Cache::kind() const { return impl_->kind; }

}  // namespace ordinal::store
