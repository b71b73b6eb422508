#include "agent/apiserver/streams/directory_changes.h"

#include <sys/inotify.h>

#include <utility>

namespace ordinal::apiserver::streams {
namespace {

constexpr Duration kLook = std::chrono::milliseconds(250);

/// Refers to nothing of whoever started it: `changed` may be the end of him.
Task<void> Tell(std::shared_ptr<DirectoryWatch> watch, std::function<void()> changed) {
  while (true) {
    const Result<DirectoryEvents> events = co_await watch->Next();
    if (!events.ok()) co_return;
    changed();
  }
}

}  // namespace

DirectoryChanges::DirectoryChanges(const Executor& executor, Clock& clock, const std::string& directory,
                                   std::function<void()> changed)
    : clock_(clock), changed_(std::move(changed)), scope_(executor) {
  const auto watch = std::make_shared<DirectoryWatch>(executor);
  immediate_ = watch->Open(directory, IN_MODIFY | IN_CREATE | IN_MOVED_TO).ok();
  if (immediate_) {
    scope_.Spawn("changes of a log directory", Tell(watch, changed_));
  } else {
    AwaitTime();
  }
}

void DirectoryChanges::AwaitTime() {
  timer_ = clock_.After(kLook, [this] {
    AwaitTime();
    changed_();
  });
}

}  // namespace ordinal::apiserver::streams
