#include "agent/base/beside.h"

#include <utility>

namespace ordinal {

Beside::Beside(asio::io_context& io, std::function<Status()> work) : io_(io) {
  std::packaged_task<Status()> task(std::move(work));
  outcome_ = task.get_future();
  thread_ = std::thread([task = std::move(task), over = over_, executor = io.get_executor()]() mutable {
    task();
    asio::post(executor, [over] { *over = true; });
  });
}

Beside::~Beside() { thread_.join(); }

Status Beside::Wait() {
  {
    const auto wanted = asio::make_work_guard(io_);
    while (!*over_) io_.run_one();
  }
  io_.restart();  // without the guard it may have run dry
  return outcome_.get();
}

}  // namespace ordinal
