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

// What one that ends after others has at least (pkg/kubelet/kuberuntime: minimumGracePeriodInSeconds).
constexpr seconds kLeastOfLater{2};

}  // namespace

seconds GraceAtDown(const api::Pod& pod, WallTime now) {
  const seconds own(BoundedSeconds(pod.spec.termination_grace_seconds));
  if (!pod.meta.deleted) return own;
  return std::max(seconds(0), std::chrono::ceil<seconds>(*pod.meta.deleted - now));
}

Task<Status> EndPod(std::shared_ptr<Endings> endings, EndingParts parts, std::shared_ptr<const api::Pod> pod,
                    observe::PodState state) {
  const WallTime began = parts.clock.Now();
  Memory memory;
  memory.node_end.emplace();
  memory.node_end->grace_seconds = GraceAtDown(*pod, began).count();
  const std::vector<EndContainers> in_order = EndsOfPod(*pod, state, memory, "the node is taken down", began);
  Status outcome;
  for (size_t i = 0; i < in_order.size(); ++i) {
    std::vector<Task<Status>> ends;
    for (const ContainerKill& kill : in_order[i].containers) {
      log::Info("pod {}/{}: stopping container \"{}\": {}", pod->meta.ns, pod->meta.name, kill.name, kill.why);
      const seconds left = std::chrono::ceil<seconds>(*kill.pod_ends - parts.clock.Now());
      const seconds least = i == 0 ? seconds(0) : kLeastOfLater;
      const seconds grace = std::min(seconds(*kill.grace_seconds), std::max(least, left));
      ends.push_back(endings->End(pod, kill.name, kill.id, grace));
    }
    Status ended = co_await Apart(parts.executor, "end containers", std::move(ends));
    if (outcome.ok()) outcome = std::move(ended);
  }
  co_return outcome;
}

}  // namespace ordinal::podsync
