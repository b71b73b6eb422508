#include "agent/podsync/steps/remove_records.h"

#include "agent/base/log.h"

namespace ordinal::podsync {
namespace {

constexpr Duration kTidyRetry = std::chrono::seconds(10);

void Tidied(StepContext& context, const std::string& id, const Status& removed) {
  context.memory.tidy_after.erase(id);
  if (removed.ok()) return;
  log::Warning("pod {}: removing {:.12} failed, trying again: {}", context.PodName(), id, removed.error().message);
  const WallTime again = context.services.clock.Now() + kTidyRetry;
  context.memory.tidy_after[id] = again;
  context.LookAgain(again);
}

}  // namespace

Task<void> Perform(StepContext& context, const DropContainer& step) {
  Tidied(context, step.id, co_await context.services.runtime.RemoveContainer(step.id));
}

Task<void> Perform(StepContext& context, const RemoveContainer& step) {
  Tidied(context, step.id, co_await context.services.runtime.RemoveContainer(step.id));
}

Task<void> Perform(StepContext& context, const RemoveSandbox& step) {
  Tidied(context, step.id, co_await context.services.runtime.RemoveSandbox(step.id));
}

}  // namespace ordinal::podsync
