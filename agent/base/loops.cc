#include "agent/base/loops.h"

#include <algorithm>
#include <utility>

#include "agent/base/caught.h"
#include "agent/base/log.h"

namespace ordinal {

Task<void> Again(Clock& clock, std::string name, BeginLoop begin) {
  Duration pause = kFirstLoopPause;
  while (true) {
    const SteadyTime began = clock.Steady();
    Task<Status> run = CaughtTask(begin);
    const Status ended = co_await std::move(run);
    if (ended.ok()) co_return;
    if (clock.Steady() - began > kLongestLoopPause) pause = kFirstLoopPause;
    log::Error("{} {}; it begins again in {} s", name, ended.error().message,
               std::chrono::duration_cast<std::chrono::seconds>(pause).count());
    co_await Sleep(clock, pause);
    pause = std::min(pause * 2, kLongestLoopPause);
  }
}

void SpawnLoop(const Executor& executor, Clock& clock, std::string name, BeginLoop begin) {
  std::string said = name;
  Spawn(executor, std::move(name), Again(clock, std::move(said), std::move(begin)));
}

void SpawnOnce(const Executor& executor, std::string name, Task<void> task) {
  asio::co_spawn(executor, std::move(task), [name = std::move(name)](const std::exception_ptr& failure) {
    if (failure) log::Error("{} {}", name, FromException(failure).message);
  });
}

void RunWhole(asio::io_context& io) {
  bool over = false;
  while (!over) {
    const Status ran = CaughtCall([&io] { io.run(); });
    over = ran.ok();
    if (!over) log::Error("a handler {}", ran.error().message);
  }
}

}  // namespace ordinal
