#include "agent/podsync/steps/resize_containers.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/base/log.h"
#include "agent/podsync/plan.h"
#include "agent/podsync/pod_cgroup.h"
#include "agent/podsync/resources.h"

namespace ordinal::podsync {
namespace {

constexpr const char* kResizeError = "ResizeError";

std::string CgroupOf(const StepContext& context) {
  return CgroupParent(context.pod.spec, context.pod.meta.uid, context.services.node.systemd_cgroup);
}

/// A pod without a cgroup of its own (a runtime that keeps none) has no bounds there either.
Task<Status> SetPodLimits(StepContext& context, LimitsPart part) {
  auto write = [root = context.services.node.cgroup_root, parent = CgroupOf(context),
                limits = PodLimitsOf(context.pod.spec), part,
                burstable = context.services.allocations->BurstableCpuMilli()]() -> Status {
    const Status shares = WriteClassShares(root, parent, burstable);
    const Status use = part == LimitsPart::kAll ? CheckPodMemory(root, parent, limits) : Status();
    if (!use.ok()) return use;
    const Status written = WritePodLimits(root, parent, limits, part);
    return written.ok() ? shares : written;
  };
  const Status written = co_await context.services.pool.Run(std::move(write));
  if (!written.ok() && written.error().code == ErrorCode::kNotFound) co_return Status();
  co_return written;
}

/// A limit where there was none is less, too.
bool GetsLessMemory(const StepContext& context, const ResizeContainers::One& one) {
  const auto actuated = context.seen.actuated.find(one.id);
  if (actuated == context.seen.actuated.end()) return false;
  const Amounts had = actuated->second.Effective(), gets = context.seen.allocated.PortionOf(one.name).Effective();
  const auto before = had.limits.find("memory"), now = gets.limits.find("memory");
  if (now == gets.limits.end()) return false;
  if (before == had.limits.end()) return true;
  const auto less = api::Quantity::Parse(now->second), more = api::Quantity::Parse(before->second);
  return less.ok() && more.ok() && *less < *more;
}

/// The kernel would reclaim what it can and kill for the rest (cgroup v2), or refuse (v1). Nor is it tried where nobody
/// knows what is used (pkg/kubelet/kuberuntime, validateMemoryResizeAction).
Task<Status> CheckMemory(StepContext& context, const ResizeContainers::One& one, int64_t limit) {
  auto look = [root = context.services.node.cgroup_root, parent = CgroupOf(context),
               id = one.id]() -> Result<std::optional<int64_t>> { return MemoryUsedBy(root, parent, id); };
  CO_TRY(const std::optional<int64_t> used, co_await context.services.pool.Run(std::move(look)));
  if (used && *used < limit) co_return Status();
  std::string why = fmt::format("missing container \"{}\" memory usage: it is tried again", one.name);
  if (used) {
    why =
        fmt::format("attempting to set container \"{}\" memory limit ({}) below current usage ({}): it is tried again",
                    one.name, limit, *used);
  }
  co_return MakeError(ErrorCode::kInternal, std::move(why), kResizeError);
}

Task<Status> ResizeOne(StepContext& context, const ResizeContainers::One& one) {
  const api::Container* container = ContainerNamed(context.pod.spec, one.name);
  if (container == nullptr) co_return Status();
  cri::Resources resources = ContainerResources(context.pod.spec, *container, MemoryFactsOf(context.services.node));
  if (GetsLessMemory(context, one) && resources.memory_limit > 0) {
    CO_TRYV(co_await CheckMemory(context, one, resources.memory_limit));
  }
  CO_TRYV(co_await context.services.runtime.UpdateContainer(one.id, std::move(resources)));
  const observe::PodState& state = context.services.states.Get(context.pod.meta.uid);
  context.services.allocations->Actuated(state, one.id, context.seen.allocated.PortionOf(one.name));
  log::Info("pod {}: container \"{}\" id={:.12} has other resources now", context.PodName(), one.name, one.id);
  co_return Status();
}

/// All of them, as far as they can be had; the first error.
Task<Status> ResizeAll(StepContext& context, const ResizeContainers& step) {
  std::vector<ResizeContainers::One> order = step.containers;
  std::stable_partition(order.begin(), order.end(),
                        [&context](const auto& one) { return GetsLessMemory(context, one); });
  CO_TRYV(co_await SetPodLimits(context, LimitsPart::kMore));
  Status first;
  for (const ResizeContainers::One& one : order) {
    const Status done = co_await ResizeOne(context, one);
    if (!done.ok() && first.ok()) first = done;
  }
  CO_TRYV(first);
  CO_TRYV(co_await SetPodLimits(context, LimitsPart::kAll));
  context.services.allocations->Finished(context.pod.meta.uid, context.seen.allocated);
  co_return Status();
}

}  // namespace

Task<void> Perform(StepContext& context, const ResizeContainers& step) {
  if (!context.memory.resize_retry) {
    context.Say("", events::Severity::kNormal, "ResizeStarted", "Pod resize started");
  }
  const Status done = co_await ResizeAll(context, step);
  const std::string uid = context.pod.meta.uid;
  const Status kept = co_await context.services.allocations->Keep(uid);
  if (!kept.ok()) log::Warning("pod {}: keeping its resources: {}", context.PodName(), kept.error().message);
  if (!done.ok()) {
    FailWith(context, context.memory.resize_retry, "resize",
             Error{done.error().code, done.error().message, kResizeError});
    co_return;
  }
  context.memory.resize_retry.reset();
  context.Say("", events::Severity::kNormal, "ResizeCompleted", "Pod resize completed");
}

}  // namespace ordinal::podsync
