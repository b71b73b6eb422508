#include "agent/base/directory_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cerrno>

#include "agent/base/fd.h"
#include "agent/base/scope.h"

namespace ordinal {
namespace {

constexpr uint32_t kOwnEvents = IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr uint32_t kAllEvents = IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT;
constexpr uint32_t kLostEvents = IN_MOVE_SELF | IN_UNMOUNT;

DirectoryEvents EventsIn(const char* data, size_t size) {
  DirectoryEvents events;
  for (size_t at = 0; at + sizeof(inotify_event) <= size;) {
    const auto* event = reinterpret_cast<const inotify_event*>(data + at);
    at += sizeof(inotify_event) + event->len;
    events.all = events.all || (event->mask & kAllEvents) != 0;
    events.lost = events.lost || (event->mask & kLostEvents) != 0;
    if (event->len > 0) events.files.push_back({event->name, event->mask});
  }
  return events;
}

}  // namespace

struct DirectoryWatch::State {
  explicit State(const Executor& executor) : descriptor(executor) {}
  asio::posix::stream_descriptor descriptor;
  std::string directory;
};

DirectoryWatch::DirectoryWatch(const Executor& executor) : state_(std::make_shared<State>(executor)) {}

DirectoryWatch::~DirectoryWatch() {
  boost::system::error_code ignored;
  state_->descriptor.close(ignored);
}

Status DirectoryWatch::Open(const std::string& directory, uint32_t events) {
  Fd inotify(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!inotify) return ErrnoError("start inotify", errno);
  if (::inotify_add_watch(inotify.get(), directory.c_str(), events | kOwnEvents) < 0) {
    return ErrnoError("watch the directory " + directory, errno);
  }
  boost::system::error_code failed;
  state_->descriptor.close(failed);
  state_->descriptor.assign(inotify.get(), failed);
  if (failed) return ErrnoError("watch the directory " + directory, failed.value());
  inotify.Release();
  state_->directory = directory;
  return {};
}

Task<Result<DirectoryEvents>> DirectoryWatch::Next() { return NextOf(state_); }

/// Whoever called may be gone when a wait is over: it asks `state` alone, and the scope.
Task<Result<DirectoryEvents>> DirectoryWatch::NextOf(std::shared_ptr<State> state) {
  boost::system::error_code error;
  while (true) {
    const bool unwanted = co_await GivenUp();
    if (error || unwanted || !state->descriptor.is_open()) {
      co_return MakeError(ErrorCode::kCancelled, "nobody waits any more for changes of " + state->directory);
    }
    alignas(inotify_event) std::array<char, 16384> buffer;
    const ssize_t size = ::read(state->descriptor.native_handle(), buffer.data(), buffer.size());
    if (size > 0) {
      DirectoryEvents events = EventsIn(buffer.data(), static_cast<size_t>(size));
      co_return events;
    }
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != EAGAIN) co_return ErrnoError("read the changes of " + state->directory, errno);
    co_await state->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                          asio::redirect_error(asio::use_awaitable, error));
  }
}

}  // namespace ordinal
