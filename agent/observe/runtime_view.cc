#include "agent/observe/runtime_view.h"

#include <algorithm>
#include <chrono>

#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/base/loops.h"

namespace ordinal::observe {
namespace {

using namespace std::chrono_literals;
using cri::ContainerState;

constexpr Duration kRelistPeriod = 60s;  // repairs what no event told; events make everything else immediate
constexpr Duration kRelistRetry = 200ms;

template <class T>
void NewestFirst(std::vector<T>& items) {
  std::stable_sort(items.begin(), items.end(), [](const T& a, const T& b) {
    return a.created_at != b.created_at ? a.created_at > b.created_at : a.attempt > b.attempt;
  });
  // Of one name the number decides: a clock may be put back.
  for (auto at = items.begin(); at != items.end(); ++at) {
    auto newest = at;
    for (auto other = at + 1; other != items.end(); ++other) {
      if (other->name == at->name && other->attempt > newest->attempt) newest = other;
    }
    std::rotate(at, newest, newest + 1);
  }
}

std::string Label(const cri::StringMap& labels, const char* name) {
  const auto found = labels.find(name);
  return found == labels.end() ? std::string() : found->second;
}

bool SameState(const PodState& a, const PodState& b) {
  const auto same_containers = [](const cri::Container& x, const cri::Container& y) {
    return x.id == y.id && x.state == y.state && x.finished_at == y.finished_at;
  };
  const auto same_sandboxes = [](const cri::Sandbox& x, const cri::Sandbox& y) {
    return x.id == y.id && x.state == y.state && x.ips == y.ips;
  };
  return std::equal(a.containers.begin(), a.containers.end(), b.containers.begin(), b.containers.end(),
                    same_containers) &&
         std::equal(a.sandboxes.begin(), a.sandboxes.end(), b.sandboxes.begin(), b.sandboxes.end(), same_sandboxes);
}

void Describe(PodState& pod, const cri::StringMap& labels) {
  pod.uid = Label(labels, kPodUidLabel);
  pod.name = Label(labels, kPodNameLabel);
  pod.ns = Label(labels, kPodNamespaceLabel);
}

}  // namespace

RuntimeView::RuntimeView(Executor executor, Clock& clock, cri::Runtime& runtime, cri::EventSource& events,
                         std::string agent)
    : executor_(executor),
      clock_(clock),
      runtime_(runtime),
      events_(events),
      agent_(std::move(agent)),
      relist_(executor),
      silent_since_(clock.Steady()) {}

Task<void> RuntimeView::Run() {
  if (!std::exchange(relisting_, true)) SpawnLoop(executor_, clock_, "relist", [this] { return RelistLoop(); });
  while (true) {
    const Result<cri::RuntimeEvent> event = co_await events_.Next();
    if (!event) co_return;
    switch (event->kind) {
      case cri::RuntimeEvent::Kind::kConnected:
        relist_.Notify();
        if (connected_) connected_();
        break;
      case cri::RuntimeEvent::Kind::kDisconnected: Answers(false); break;
      case cri::RuntimeEvent::Kind::kContainerOom: NoteOom(event->container_id); break;
      case cri::RuntimeEvent::Kind::kContainerExited: NoteExit(event->container_id, event->exit_code); break;
      case cri::RuntimeEvent::Kind::kContainerStarted:  // whoever starts one looks by itself
        if (started_ && event->pid != 0) started_(event->container_id, event->pid);
        break;
      case cri::RuntimeEvent::Kind::kImageChanged:
        if (image_changed_) image_changed_(event->image);
        break;
    }
  }
}

void RuntimeView::Answers(bool does) {
  if (does) {
    silent_since_.reset();
  } else if (!silent_since_) {
    silent_since_ = clock_.Steady();
  }
}

Task<void> RuntimeView::RelistLoop() {
  while (true) {
    const SteadyTime began = clock_.Steady();
    if (relists_.began) relists_.interval.Observe(began - *relists_.began);
    relists_.began = began;
    const Status listed = co_await Caught(Relist());
    relists_.took.Observe(clock_.Steady() - began);
    if (listed.ok()) relists_.last = clock_.Now();
    if (!listed.ok() && Connected()) log::Warning("listing pods failed, trying again: {}", listed.error().message);
    Answers(listed.ok());
    if (listed.ok() && !synced_) {
      synced_ = true;
      for (Signal* waiter : waiting_) waiter->Notify();
    }
    const TimerHandle timer = clock_.After(listed.ok() ? kRelistPeriod : kRelistRetry, [this] { relist_.Notify(); });
    co_await relist_.Wait();
  }
}

Task<void> RuntimeView::WaitSynced() {
  if (synced_) co_return;
  Signal first(executor_);
  waiting_.push_back(&first);
  co_await first.Wait();
  std::erase(waiting_, &first);  // still there when the wait was cancelled
}

const PodState& RuntimeView::Get(const std::string& uid) const {
  static const PodState kNothing;
  const auto found = pods_.find(uid);
  return found == pods_.end() ? kNothing : found->second;
}

std::vector<std::string> RuntimeView::AllUids() const {
  std::vector<std::string> uids;
  for (const auto& [uid, state] : pods_) uids.push_back(uid);
  return uids;
}

std::vector<std::string> RuntimeView::UidsNamed(const std::string& ns, const std::string& name) const {
  const auto found = uids_.find({ns, name});
  if (found == uids_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

Task<Status> RuntimeView::Relist() {
  const std::map<std::string, uint64_t> before = generations_;
  cri::SandboxFilter sandbox_filter;
  cri::ContainerFilter container_filter;
  sandbox_filter.labels[kAgentLabel] = container_filter.labels[kAgentLabel] = agent_;
  CO_TRY(auto sandboxes, co_await runtime_.ListSandboxes(sandbox_filter));
  CO_TRY(auto containers, co_await runtime_.ListContainers(container_filter));
  std::map<std::string, PodState> listed;
  for (const auto& [uid, state] : pods_) listed[uid].uid = uid;  // those that vanished become empty
  for (cri::Sandbox& sandbox : sandboxes) {
    PodState& pod = listed[Label(sandbox.labels, kPodUidLabel)];
    Describe(pod, sandbox.labels);
    pod.sandboxes.push_back(std::move(sandbox));
  }
  for (cri::Container& container : containers) {
    PodState& pod = listed[Label(container.labels, kPodUidLabel)];
    Describe(pod, container.labels);
    pod.containers.push_back(std::move(container));
  }
  for (auto& [uid, pod] : listed) {
    auto complete = co_await Complete(std::move(pod));
    if (!complete) co_return std::move(complete).error();
    // A pod that was looked at meanwhile is known better than this list knows it.
    const auto then = before.find(uid);
    const auto now = generations_.find(uid);
    if ((then == before.end() ? 0 : then->second) == (now == generations_.end() ? 0 : now->second))
      Store(std::move(*complete));
  }
  co_return Status();
}

Task<Result<PodState>> RuntimeView::Refresh(std::string uid) {
  cri::SandboxFilter sandbox_filter;
  sandbox_filter.labels[kAgentLabel] = agent_;
  sandbox_filter.labels[kPodUidLabel] = uid;
  cri::ContainerFilter container_filter;
  container_filter.labels = sandbox_filter.labels;
  PodState pod;
  pod.uid = uid;
  CO_TRY(pod.sandboxes, co_await runtime_.ListSandboxes(sandbox_filter));
  CO_TRY(pod.containers, co_await runtime_.ListContainers(container_filter));
  for (const cri::Sandbox& sandbox : pod.sandboxes) Describe(pod, sandbox.labels);
  for (const cri::Container& container : pod.containers) Describe(pod, container.labels);
  CO_TRY(PodState complete, co_await Complete(std::move(pod)));
  Store(complete);
  co_return complete;
}

/// Fills in what lists do not tell, from what is known already or by asking.
Task<Result<PodState>> RuntimeView::Complete(PodState listed) {
  for (cri::Sandbox& sandbox : listed.sandboxes) {
    const cri::Sandbox* known = FindById(Get(listed.uid).sandboxes, sandbox.id);
    // A sandbox never comes back: what an event told stays true while the runtime's records are behind.
    if (known != nullptr && (known->state == sandbox.state || known->state == cri::SandboxState::kNotReady)) {
      sandbox = *known;
      continue;
    }
    auto status = co_await runtime_.SandboxStatus(sandbox.id);
    if (status) sandbox = std::move(*status);
    if (TakeEarlyExit(sandbox.id)) sandbox.state = cri::SandboxState::kNotReady;
    if (!status && status.error().code != ErrorCode::kNotFound) co_return std::move(status).error();
  }
  for (cri::Container& container : listed.containers) {
    const cri::Container* known = FindById(Get(listed.uid).containers, container.id);
    // An exit that an event told stays true even while the runtime's records are behind.
    if (known != nullptr && (known->state == container.state || known->state == ContainerState::kExited)) {
      container = *known;
      continue;
    }
    const std::string sandbox_id = container.sandbox_id;
    auto status = co_await runtime_.ContainerStatus(container.id);
    if (status) {
      container = std::move(*status);
      container.sandbox_id = sandbox_id;
      if (container.state == ContainerState::kExited && RanOutOfMemory(container.id)) container.reason = kOutOfMemory;
      if (container.state == ContainerState::kRunning) ApplyEarlyExit(listed.uid, container);
    }
    if (!status && status.error().code != ErrorCode::kNotFound) co_return std::move(status).error();
  }
  NewestFirst(listed.sandboxes);
  NewestFirst(listed.containers);
  co_return listed;
}

/// Neither a container nor a sandbox comes back: what a list says that was asked for before the end is not taken.
void RuntimeView::KeepEnds(const PodState& known, PodState& state) {
  for (cri::Container& container : state.containers) {
    const cri::Container* before = FindById(known.containers, container.id);
    if (before != nullptr && before->state == ContainerState::kExited && container.state != ContainerState::kExited) {
      container = *before;
    }
  }
  for (cri::Sandbox& sandbox : state.sandboxes) {
    const cri::Sandbox* before = FindById(known.sandboxes, sandbox.id);
    if (before != nullptr && before->state == cri::SandboxState::kNotReady) sandbox.state = before->state;
  }
}

void RuntimeView::Store(PodState state) {
  const std::string uid = state.uid;
  ++generations_[uid];
  const auto known = pods_.find(uid);
  if (known != pods_.end()) KeepEnds(known->second, state);
  const bool gone = state.sandboxes.empty() && state.containers.empty();
  if (known == pods_.end() && gone) {
    generations_.erase(uid);
    return;
  }
  const bool changed = known == pods_.end() || !SameState(known->second, state);
  if (gone) {
    const auto named = uids_.find({known->second.ns, known->second.name});
    if (named != uids_.end() && named->second.erase(uid) > 0 && named->second.empty()) uids_.erase(named);
    pods_.erase(known);
    generations_.erase(uid);
  } else {
    uids_[{state.ns, state.name}].insert(uid);
    pods_[uid] = std::move(state);
  }
  if (changed && changed_) changed_(uid);
}

}  // namespace ordinal::observe
