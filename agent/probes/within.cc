#include "agent/probes/within.h"

#include <exception>
#include <utility>

#include "agent/base/caught.h"

namespace ordinal::probes {
namespace {

constexpr Duration kPatience = std::chrono::seconds(4);

struct Run {
  explicit Run(const Executor& executor) : news(executor) {}
  Signal news;
  std::optional<Outcome> outcome;
  bool over = false;
};

Task<void> Into(std::shared_ptr<Run> run, Task<Outcome> check) {
  run->outcome = co_await Safely(std::move(check));
  run->news.Notify();
}

}  // namespace

Task<Outcome> Safely(Task<Outcome> check) {
  std::exception_ptr failure;
  try {
    co_return co_await std::move(check);
  } catch (...) {
    failure = std::current_exception();
  }
  co_return Outcome{Outcome::Kind::kUnknown, FromException(failure).message};
}

Task<Outcome> Within(Clock& clock, Duration limit, Task<Outcome> check, Outcome late) {
  const Executor executor = co_await asio::this_coro::executor;
  const auto run = std::make_shared<Run>(executor);
  Scope scope(executor);
  scope.Spawn("check of a container", Into(run, std::move(check)));
  TimerHandle timer = clock.After(limit, [run] {
    run->over = true;
    run->news.Notify();
  });
  bool given_up = false;
  while (!run->outcome && !run->over && !given_up) {
    co_await run->news.Wait();
    given_up = co_await GivenUp();
  }
  if (run->outcome) co_return std::move(*run->outcome);
  scope.Cancel();
  // What cannot be given up (a name that is being looked up) is left to its own end.
  timer.Cancel();
  run->over = false;
  const TimerHandle patience = clock.After(kPatience, [run] {
    run->over = true;
    run->news.Notify();
  });
  while (!run->outcome && !run->over) co_await run->news.Wait();
  co_return late;
}

}  // namespace ordinal::probes
