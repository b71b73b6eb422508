#include "agent/node/pressure/stall.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cerrno>
#include <string_view>
#include <utility>

namespace ordinal::node {
namespace {

constexpr std::string_view kTrigger = "some 200000 2000000";  // microseconds of stall, and of the window

}  // namespace

MemoryStall::MemoryStall(Executor executor, std::string path)
    : executor_(std::move(executor)), path_(std::move(path)) {}

MemoryStall::~MemoryStall() = default;

Task<Status> MemoryStall::Follow(std::function<void()> stalled) {
  const int fd = ::open(path_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) co_return MakeError(ErrorCode::kNotSupported, ErrnoError("open " + path_, errno).message);
  if (::write(fd, kTrigger.data(), kTrigger.size() + 1) < 0) {
    const Error failed = ErrnoError("set a trigger in " + path_, errno);
    ::close(fd);
    co_return MakeError(ErrorCode::kNotSupported, failed.message);
  }
  boost::system::error_code failed;
  asio::posix::stream_descriptor trigger(executor_);
  trigger.assign(fd, failed);
  while (!failed) {
    auto into = asio::redirect_error(asio::use_awaitable, failed);
    co_await trigger.async_wait(asio::posix::stream_descriptor::wait_error, into);
    if (!failed) stalled();
  }
  co_return MakeError(ErrorCode::kNotSupported, "wait for " + path_ + ": " + failed.message());
}

}  // namespace ordinal::node
