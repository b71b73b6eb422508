#include "agent/node/shutdown/shutdown.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/base/bounded_time.h"
#include "agent/base/log.h"
#include "agent/base/loops.h"
#include "agent/node/node_subject.h"

namespace ordinal::node {
namespace {

constexpr Duration kLookAgain = std::chrono::seconds(1);  // events wake earlier; this repairs a missed one

}  // namespace

Shutdown::Shutdown(Parts parts, Sources sources, ShutdownPolicy policy)
    : parts_(std::move(parts)), sources_(std::move(sources)), policy_(std::move(policy)), wake_(parts_.executor) {}

void Shutdown::Signalled() {
  under_way_ = true;
  said_ = false;
  signalled_ = parts_.clock.Steady();
}

void Shutdown::Say() {
  if (std::exchange(said_, true)) return;
  log::Warning("the host shuts down: pods end within {} s", policy_.Total().count());
  Tell();
  parts_.recorder.Record({NodeSubject(parts_.node_name), events::Severity::kNormal, "Shutdown",
                          "The host shuts down: the node is not ready, its pods end"});
}

Task<void> Shutdown::EndPods() {
  if (!under_way_) co_return;
  Say();
  api::Refs<api::Pod> pods;
  parts_.pods.ForEach("", [&](const api::Ref<api::Pod>& pod) {
    if (pod->spec.node_name == parts_.node_name && !pod->Terminal()) pods.push_back(pod);
  });
  std::vector<std::vector<ShutdownQueue>> groups = ShutdownQueues(policy_, pods);
  SteadyTime latest = signalled_;  // what one group took too long is not added to the next one's time
  for (size_t group = 0; group < groups.size() && under_way_; ++group) {
    const std::chrono::seconds time = policy_.groups[group].time;
    latest += time;
    const SteadyTime deadline = std::min<SteadyTime>(parts_.clock.Steady() + time, latest);
    co_await EndGroup(std::move(groups[group]), deadline);
  }
  if (under_way_) log::Info("the host may go down: the pods have ended, or their time is over");
}

void Shutdown::Cancel() {
  if (!std::exchange(under_way_, false)) return;
  log::Warning("the shutdown of the host was cancelled: pods go on");
  wake_.Notify();
  sources_.go_on();
  Tell();
}

/// Beside all else: what has to be done in time does not wait for the store.
void Shutdown::Tell() { SpawnLoop(parts_.executor, parts_.clock, "telling of a shutdown", sources_.tell); }

void Shutdown::PodChanged() {
  if (under_way_) wake_.Notify();
}

bool Shutdown::HasEnded(const api::Pod& pod) const {
  return !observe::HoldsAnythingLive(parts_.states.Get(pod.meta.uid));
}

/// A deleted pod ends by its own grace and is only waited for.
void Shutdown::Advance(Place& place, SteadyTime deadline) {
  while (place.next < place.queue.size()) {
    const api::Pod& pod = *place.queue[place.next];
    if (!std::exchange(place.ordered, true)) {
      const std::chrono::seconds own(BoundedSeconds(pod.spec.termination_grace_seconds));
      const Duration left = deadline - parts_.clock.Steady();
      sources_.end(pod.meta.uid, ShareOfTime(left, place.queue.size() - place.next, own));
    }
    if (!HasEnded(pod)) return;
    ++place.next;
    place.ordered = false;
  }
}

Task<void> Shutdown::EndGroup(std::vector<ShutdownQueue> queues, SteadyTime deadline) {
  std::vector<Place> places;
  for (ShutdownQueue& queue : queues) places.push_back({std::move(queue)});
  while (under_way_) {
    for (Place& place : places) Advance(place, deadline);
    std::erase_if(places, [](const Place& place) { return place.next == place.queue.size(); });
    const Duration left = deadline - parts_.clock.Steady();
    if (places.empty() || left <= Duration::zero()) break;
    const TimerHandle timer = parts_.clock.After(std::min(left, kLookAgain), [this] { wake_.Notify(); });
    co_await wake_.Wait();
  }
  if (!under_way_) co_return;
  for (const Place& place : places) {
    for (size_t i = place.next; i < place.queue.size(); ++i) {
      const api::Pod& pod = *place.queue[i];
      log::Warning("pod {}/{}: its time to end before the shutdown is over", pod.meta.ns, pod.meta.name);
      const bool told = i == place.next && place.ordered;
      if (!told) sources_.end(pod.meta.uid, std::chrono::seconds(1));
    }
  }
}

}  // namespace ordinal::node
