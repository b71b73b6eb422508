#include "agent/base/scope.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/dispatch.hpp>
#include <map>
#include <utility>

#include "agent/base/signal.h"

namespace ordinal {

Task<bool> GivenUp() {
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled() != asio::cancellation_type::none;
}

struct Scope::State {
  explicit State(Executor the_executor) : executor(std::move(the_executor)), ended(executor) {}
  Executor executor;
  Signal ended;
  std::map<uint64_t, std::shared_ptr<asio::cancellation_signal>> running;
  uint64_t started = 0;
};

Scope::Scope(Executor executor) : state_(std::make_shared<State>(std::move(executor))) {}

Scope::~Scope() { Cancel(); }

/// A cancelled wait returns, and does not throw: what was asked to give up ends in its own way.
Task<void> Scope::RunOne(Task<void> task) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await std::move(task);
}

void Scope::Spawn(std::string name, Task<void> task) {
  const uint64_t number = ++state_->started;
  const auto signal = std::make_shared<asio::cancellation_signal>();
  state_->running[number] = signal;
  auto ended = [state = state_, number, signal, report = Aborting(std::move(name))](const std::exception_ptr& failure) {
    report(failure);
    state->running.erase(number);
    state->ended.Notify();
  };
  asio::co_spawn(state_->executor, RunOne(std::move(task)),
                 asio::bind_cancellation_slot(signal->slot(), std::move(ended)));
}

/// At once on the control thread; from elsewhere when the loop gets to it, and a task that has ended by then still has
/// its signal.
void Scope::Cancel() {
  if (state_->running.empty()) return;
  asio::dispatch(state_->executor, [running = state_->running] {  // one that ends at once takes itself out
    for (const auto& [number, signal] : running) signal->emit(asio::cancellation_type::terminal);
  });
}

size_t Scope::running() const { return state_->running.size(); }

Task<void> Scope::Join() {
  const std::shared_ptr<State> state = state_;
  while (!state->running.empty()) co_await state->ended.Wait();
}

}  // namespace ordinal
