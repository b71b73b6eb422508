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

/// What there is now; none when there is nothing.
Result<DirectoryEvents> ReadEvents(int inotify, const std::string& directory) {
  alignas(inotify_event) std::array<char, 16384> buffer;
  ssize_t size = 0;
  do {
    size = ::read(inotify, buffer.data(), buffer.size());
  } while (size < 0 && errno == EINTR);
  if (size >= 0) return EventsIn(buffer.data(), static_cast<size_t>(size));
  if (errno == EAGAIN) return DirectoryEvents();
  return ErrnoError("read the changes of " + directory, errno);
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

/// Whoever called may be gone when a wait is over: it asks `state` alone, and the scope. It waits before each look,
/// also when there is more to read, so that a directory in which something happens all the time is one reader among
/// others.
Task<Result<DirectoryEvents>> DirectoryWatch::NextOf(std::shared_ptr<State> state) {
  boost::system::error_code error;
  bool waited = false;
  while (true) {
    const bool unwanted = co_await GivenUp();
    if (error || unwanted || !state->descriptor.is_open()) {
      co_return MakeError(ErrorCode::kCancelled, "nobody waits any more for changes of " + state->directory);
    }
    if (waited) {
      Result<DirectoryEvents> events = ReadEvents(state->descriptor.native_handle(), state->directory);
      if (!events.ok() || !events->empty()) co_return events;
    }
    co_await state->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                          asio::redirect_error(asio::use_awaitable, error));
    waited = true;
  }
}

}  // namespace ordinal
