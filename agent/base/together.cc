#include "agent/base/together.h"

#include <memory>
#include <optional>
#include <utility>

#include "agent/base/caught.h"
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
  meeting->results[seat] = co_await Caught(std::move(task));
  if (--meeting->missing == 0) meeting->done.Notify();
}

}  // namespace

Task<Status> Together(Executor executor, std::string name, std::vector<Task<Status>> tasks) {
  if (tasks.size() == 1) co_return co_await std::move(tasks.front());
  co_return co_await Apart(std::move(executor), std::move(name), std::move(tasks));
}

Task<Status> Apart(Executor executor, std::string name, std::vector<Task<Status>> tasks) {
  if (tasks.empty()) co_return Status();
  const auto meeting = std::make_shared<Meeting>(executor, tasks.size());
  size_t begun = 0;
  const std::function<void()> begin = [&] {
    for (; begun < tasks.size(); ++begun) Spawn(executor, name, Attend(meeting, begun, std::move(tasks[begun])));
  };
  const Status seated = CaughtCall(begin);
  // Those that have begun refer to what the caller holds: they are waited for although the others never began.
  meeting->missing -= tasks.size() - begun;
  if (meeting->missing > 0) co_await meeting->done.Wait();
  if (meeting->missing > 0) co_return MakeError(ErrorCode::kCancelled, name + ": not waited for to the end");
  if (!seated.ok()) co_return seated;
  for (const auto& result : meeting->results) {
    if (!result->ok()) co_return *result;
  }
  co_return Status();
}

}  // namespace ordinal
