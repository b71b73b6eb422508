#include "agent/base/together.h"

#include <memory>
#include <optional>
#include <utility>

#include "agent/base/signal.h"

namespace ordinal {
namespace {

struct Meeting {
  Meeting(const Executor& executor, size_t count) : done(executor), results(count), missing(count) {}
  Signal done;
  std::vector<std::optional<Status>> results;
  size_t missing;
};

Task<void> Attend(std::shared_ptr<Meeting> meeting, size_t seat, Task<Status> task) {
  meeting->results[seat] = co_await std::move(task);
  if (--meeting->missing == 0) meeting->done.Notify();
}

}  // namespace

Task<Status> Together(Executor executor, std::string name, std::vector<Task<Status>> tasks) {
  if (tasks.empty()) co_return Status();
  if (tasks.size() == 1) co_return co_await std::move(tasks.front());
  const auto meeting = std::make_shared<Meeting>(executor, tasks.size());
  for (size_t seat = 0; seat < tasks.size(); ++seat) {
    Spawn(executor, name, Attend(meeting, seat, std::move(tasks[seat])));
  }
  co_await meeting->done.Wait();
  for (const auto& result : meeting->results) {
    if (!result->ok()) co_return *result;
  }
  co_return Status();
}

}  // namespace ordinal
