#include "agent/apiserver/streams/directory_changes.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace ordinal::apiserver::streams {
namespace {

constexpr Duration kLook = std::chrono::milliseconds(250);
constexpr uint32_t kEvents = IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_ONLYDIR;

}  // namespace

DirectoryChanges::DirectoryChanges(const Executor& executor, Clock& clock, const std::string& directory,
                                   std::function<void()> changed)
    : clock_(clock), changed_(std::move(changed)), inotify_(executor) {
  if (Watch(directory)) {
    AwaitEvents();
  } else {
    AwaitTime();
  }
}

bool DirectoryChanges::Watch(const std::string& directory) {
  const int fd = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (fd < 0) return false;
  boost::system::error_code failed;
  if (::inotify_add_watch(fd, directory.c_str(), kEvents) >= 0) inotify_.assign(fd, failed);
  if (inotify_.is_open()) return true;
  ::close(fd);
  return false;
}

void DirectoryChanges::AwaitEvents() {
  const std::weak_ptr<bool> alive = alive_;
  inotify_.async_wait(asio::posix::stream_descriptor::wait_read, [this, alive](boost::system::error_code error) {
    if (error || alive.expired()) return;
    // What happened does not matter: the events are only taken out of the queue.
    alignas(inotify_event) std::array<char, 4096> events;
    while (::read(inotify_.native_handle(), events.data(), events.size()) > 0) {
    }
    AwaitEvents();
    changed_();
  });
}

void DirectoryChanges::AwaitTime() {
  timer_ = clock_.After(kLook, [this] {
    AwaitTime();
    changed_();
  });
}

}  // namespace ordinal::apiserver::streams
