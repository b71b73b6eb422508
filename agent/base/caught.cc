#include "agent/base/caught.h"

#include <string>

namespace ordinal {

Error FromException(const std::exception_ptr& failure) {
  std::string what = "unknown";
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {  // NOLINT(bugprone-empty-catch): it has no words
  }
  return MakeError(ErrorCode::kInternal, "ended with an exception: " + what, kExceptionReason);
}

Task<Status> CaughtTask(std::function<Task<void>()> make) {
  std::exception_ptr failure;
  try {
    Task<void> task = make();
    co_await std::move(task);
    co_return Status();
  } catch (...) {
    failure = std::current_exception();
  }
  co_return FromException(failure);
}

Status CaughtCall(const std::function<void()>& call) {
  try {
    call();
    return {};
  } catch (...) {
    return FromException(std::current_exception());
  }
}

}  // namespace ordinal
