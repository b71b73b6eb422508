#include "agent/podsync/steps/remove_records.h"

#include <algorithm>

#include "agent/base/log.h"
#include "agent/podsync/files.h"

namespace ordinal::podsync {
namespace {

void Tidied(StepContext& context, const std::string& id, const Status& removed) {
  context.memory.tidy_after.erase(id);
  if (removed.ok()) return;
  log::Warning("pod {}: removing {:.12} failed, trying again: {}", context.PodName(), id, removed.error().message);
  const WallTime again = context.services.clock.Now() + kTidyRetry;
  context.memory.tidy_after[id] = again;
  context.LookAgain(again);
}

/// Its log goes before the record: a container that is still listed is met again when this is cut off. A log that
/// another one of that name and number has too stays, but not this one's link to it. What cannot be removed stays until
/// the pod goes.
Task<void> RemoveLogOf(StepContext& context, const std::string& id) {
  const std::vector<cri::Container>& containers = context.seen.runtime.containers;
  const auto found = std::find_if(containers.begin(), containers.end(),
                                  [&](const cri::Container& container) { return container.id == id; });
  if (found == containers.end()) co_return;
  const bool shared = std::any_of(containers.begin(), containers.end(), [&](const cri::Container& other) {
    return other.id != id && other.name == found->name && other.attempt == found->attempt;
  });
  const Layout& layout = context.services.layout;
  const api::Meta& meta = context.pod.meta;
  auto remove = [log = layout.ContainerLogFile(meta.ns, meta.name, meta.uid, found->name, found->attempt),
                 link = layout.ContainerLogLink(meta.name, meta.ns, found->name, id),
                 shared] { return shared ? RemoveLogLink(log, link) : RemoveLog(log, link); };
  const Status removed = co_await context.services.pool.Run(std::move(remove));
  if (!removed.ok()) log::Warning("pod {}: {}", context.PodName(), removed.error().message);
}

Task<void> RemoveWithLog(StepContext& context, std::string id) {
  co_await RemoveLogOf(context, id);
  Tidied(context, id, co_await context.services.runtime.RemoveContainer(id));
}

}  // namespace

Task<void> Perform(StepContext& context, const DropContainer& step) { return RemoveWithLog(context, step.id); }

Task<void> Perform(StepContext& context, const RemoveContainer& step) { return RemoveWithLog(context, step.id); }

Task<void> Perform(StepContext& context, const RemoveSandbox& step) {
  Tidied(context, step.id, co_await context.services.runtime.RemoveSandbox(step.id));
}

}  // namespace ordinal::podsync
