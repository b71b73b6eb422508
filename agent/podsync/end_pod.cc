#include "agent/podsync/end_pod.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "agent/base/bounded_time.h"
#include "agent/base/log.h"
#include "agent/base/together.h"
#include "agent/podsync/why_ended.h"

namespace ordinal::podsync {
namespace {

using std::chrono::seconds;

constexpr seconds kLeastOfGrace{2};

}  // namespace

seconds GraceOf(const api::Pod& pod, const ContainerKill& kill, SteadyTime now) {
  const seconds grace(BoundedSeconds(kill.grace_seconds.value_or(pod.spec.termination_grace_seconds)));
  if (!kill.pod_ends) return grace;
  return std::min(grace, std::max(kLeastOfGrace, std::chrono::ceil<seconds>(*kill.pod_ends - now)));
}

Task<Status> EndTogether(Executor executor, Clock& clock, Endings& endings, std::shared_ptr<const api::Pod> pod,
                         const EndContainers& group) {
  std::vector<Task<Status>> ends;
  for (const ContainerKill& kill : group.containers) {
    log::Info("pod {}/{}: stopping container \"{}\": {}", pod->meta.ns, pod->meta.name, kill.name, kill.why);
    ends.push_back(endings.End(pod, kill.name, kill.id, GraceOf(*pod, kill, clock.Steady())));
  }
  return Apart(std::move(executor), "end containers", std::move(ends));
}

seconds GraceAtDown(const api::Pod& pod, WallTime now) {
  const int64_t own = pod.spec.termination_grace_seconds;
  if (!pod.meta.deleted) return seconds(BoundedSeconds(own));
  const seconds most(BoundedSeconds(std::max<int64_t>(0, pod.meta.deletion_grace_seconds.value_or(own))));
  const seconds left = std::chrono::ceil<seconds>(*pod.meta.deleted - now);
  return left <= seconds(0) ? most : std::min(most, std::max(kLeastOfGrace, left));
}

Task<Status> EndPod(std::shared_ptr<Endings> endings, EndingParts parts, std::shared_ptr<const api::Pod> pod,
                    observe::PodState state) {
  Memory memory;
  memory.node_end.emplace();
  memory.node_end->grace_seconds = GraceAtDown(*pod, parts.clock.Now()).count();
  const std::vector<EndContainers> in_order =
      EndsOfPod(*pod, state, memory, "the node is taken down", parts.clock.Steady());
  Status outcome;
  for (const EndContainers& group : in_order) {
    Status ended = co_await EndTogether(parts.executor, parts.clock, *endings, pod, group);
    if (outcome.ok()) outcome = std::move(ended);
  }
  co_return outcome;
}

}  // namespace ordinal::podsync
