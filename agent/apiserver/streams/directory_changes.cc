#include "agent/apiserver/streams/directory_changes.h"

#include <sys/inotify.h>

#include <algorithm>
#include <utility>

#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/base/log_parts.h"

namespace ordinal::apiserver::streams {
namespace {

constexpr Duration kLook = std::chrono::milliseconds(250);

/// The writes of a compression: nobody reads its draft.
bool OnlyDrafts(const DirectoryEvents& events) {
  const auto is_draft = [](const DirectoryEvents::File& file) { return file.name.ends_with(kLogDraft); };
  return !events.all && std::all_of(events.files.begin(), events.files.end(), is_draft);
}

/// Refers to nothing of whoever started it: `changed` may be the end of him.
Task<void> Tell(std::shared_ptr<DirectoryWatch> watch, std::function<void()> changed) {
  while (true) {
    const Result<DirectoryEvents> events = co_await watch->Next();
    if (!events.ok()) co_return;
    if (OnlyDrafts(*events)) continue;
    const Status told = CaughtCall(changed);
    if (!told.ok()) log::Error("telling of a log that changed {}", told.error().message);
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
