#include "agent/apiserver/streams/run_watch.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <exception>
#include <utility>

#include "agent/apiserver/streams/container_run.h"
#include "agent/base/log.h"

namespace ordinal::apiserver::streams {
namespace {

constexpr Duration kRetry = std::chrono::seconds(1);  // the store does not answer

}  // namespace

struct RunWatch::State {
  State(store::ObjectReader& of, Clock& by, FollowedRun followed, std::function<void()> tell)
      : store(of), clock(by), run(std::move(followed)), tell_ended(std::move(tell)) {}

  bool IsOver(const api::Object& pod) const {
    return pod.uid() != run.uid || !StillRuns(pod, run.container, run.container_id);
  }

  void End() {
    ended = true;
    if (!cancelled) tell_ended();
  }

  store::ObjectReader& store;
  Clock& clock;
  const FollowedRun run;
  std::function<void()> tell_ended;
  asio::cancellation_signal cancel;
  bool cancelled = false;
  bool ended = false;
};

RunWatch::RunWatch(const Executor& executor, store::ObjectReader& store, Clock& clock, FollowedRun run,
                   std::function<void()> ended)
    : state_(std::make_shared<State>(store, clock, std::move(run), std::move(ended))) {
  const auto finished = [](const std::exception_ptr& failure) {
    if (failure) std::rethrow_exception(failure);  // a defect; nothing in Follow() throws
  };
  asio::co_spawn(executor, Follow(state_), asio::bind_cancellation_slot(state_->cancel.slot(), finished));
}

RunWatch::~RunWatch() {
  state_->cancelled = true;
  state_->cancel.emit(asio::cancellation_type::terminal);
}

bool RunWatch::Ended() const { return state_->ended; }

Task<void> RunWatch::Follow(std::shared_ptr<State> state) {
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!state->ended && !state->cancelled) {
    const Status followed = co_await FollowOnce(state);
    if (followed.ok()) continue;
    if (state->cancelled || followed.error().code == ErrorCode::kCancelled) co_return;  // or the store is stopping
    if (followed.error().code == ErrorCode::kExpired) continue;                         // read again what was missed
    log::Warning("following {}: {}", ToString(state->run.pod), followed.error().message);
    co_await Sleep(state->clock, kRetry);
  }
}

/// Reads the pod, then watches it, until the run is over or the watch ends.
Task<Status> RunWatch::FollowOnce(std::shared_ptr<State> state) {
  store::ListOptions options;
  options.ns = state->run.pod.ns;
  CO_TRY(const store::ListResult listed, co_await state->store.List("Pod", options));
  bool runs = false;
  for (const api::Object& pod : listed.items) runs = runs || (pod.key() == state->run.pod && !state->IsOver(pod));
  if (!runs) {
    state->End();
    co_return Status();
  }
  CO_TRY(const auto watch, co_await state->store.StartWatch("Pod", options, listed.revision));
  while (!state->ended && !state->cancelled) {
    CO_TRY(const std::vector<store::WatchEvent> events, co_await watch->Next());
    for (const store::WatchEvent& event : events) {
      if (event.object.empty() || event.object.key() != state->run.pod || state->ended) continue;
      if (event.type == store::EventType::kDeleted || state->IsOver(event.object)) state->End();
    }
  }
  co_return Status();
}

}  // namespace ordinal::apiserver::streams
