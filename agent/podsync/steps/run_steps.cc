#include "agent/podsync/steps/run_steps.h"

#include "agent/podsync/steps/end_containers.h"
#include "agent/podsync/steps/make_sandbox.h"
#include "agent/podsync/steps/prepare_volumes.h"
#include "agent/podsync/steps/refresh_files.h"
#include "agent/podsync/steps/remove_records.h"
#include "agent/podsync/steps/resize_containers.h"
#include "agent/podsync/steps/start_container.h"
#include "agent/podsync/steps/stop_sandbox.h"

namespace ordinal::podsync {
namespace {

struct Run {
  StepContext& context;
  const Plan& plan;
  const StepHooks& hooks;

  /// False when the run ends here.
  bool PodDid(const char* what, const Status& status) const {
    if (!status.ok() && hooks.wanted()) FailPod(context, what, status.error());
    return status.ok();
  }

  Task<bool> Do(const EndContainers& step) const {
    const Status ended = co_await Perform(context, step, plan.Has<StopSandbox>());
    co_return PodDid("stop container", ended);
  }

  Task<bool> Do(const StopSandbox& step) const {
    const Status stopped = co_await Perform(context, step);
    co_return PodDid("stop sandbox", stopped);
  }

  Task<bool> Do(const PrepareVolumes& step) const {
    const Status mounted = co_await Perform(context, step);
    if (mounted.ok() && !plan.Has<MakeSandbox>()) context.memory.pod_retry.reset();
    co_return PodDid("mount volumes", mounted);
  }

  Task<bool> Do(const MakeSandbox& step) const {
    const Status made = co_await Perform(context, step);
    if (made.ok()) context.memory.pod_retry.reset();
    co_return PodDid("start sandbox", made);
  }

  Task<bool> Do(const StartContainer& step) const {
    const Status started = co_await Perform(context, step, hooks.wanted);
    if (Counts* counts = context.services.counts) {
      Counts::Starts& starts = step.init ? counts->init_containers : counts->containers;
      ++starts.tried;
      if (!started.ok()) ++starts.failed;
    }
    if (!started.ok() && hooks.wanted()) FailContainer(context, context.ContainerOf(step), started.error());
    co_return true;
  }

  template <class Record>
  Task<bool> Do(const Record& step) const {
    co_await Perform(context, step);
    co_return true;
  }
};

bool Shows(const Step& step) {
  return std::holds_alternative<EndContainers>(step) || std::holds_alternative<StartContainer>(step) ||
         std::holds_alternative<ResizeContainers>(step);
}

}  // namespace

Task<void> RunSteps(StepContext& context, const Plan& plan, const StepHooks& hooks) {
  const Run run{context, plan, hooks};
  const Step* before = nullptr;
  for (const Step& step : plan.steps) {
    if (before != nullptr && Shows(*before)) co_await hooks.show();
    if (!hooks.wanted() || !hooks.newest()) co_return;
    const bool go_on = co_await std::visit([&run](const auto& each) { return run.Do(each); }, step);
    if (!go_on) co_return;
    before = &step;
  }
}

}  // namespace ordinal::podsync
