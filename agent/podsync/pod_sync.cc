#include "agent/podsync/pod_sync.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/podsync/cgroups.h"
#include "agent/podsync/pod_references.h"
#include "agent/podsync/resources.h"

namespace ordinal::podsync {
namespace {

// Between attempts of a worker that ended with an exception.
constexpr Duration kFirstPause = std::chrono::milliseconds(100);
constexpr Duration kLongestPause = std::chrono::seconds(10);

/// As the Node object tells it, where nobody else does (node/node_status.cc).
std::function<api::ResourceList()> AllocatableOf(const NodeFacts& node) {
  api::ResourceList all;
  const auto add = [&all](const char* name, const std::string& text) {
    const auto quantity = api::Quantity::Parse(text);
    if (quantity.ok()) all[name] = *quantity;
  };
  if (node.cpu_capacity_milli > 0) add("cpu", fmt::format("{}m", node.cpu_capacity_milli));
  if (node.memory_capacity > 0) add("memory", fmt::format("{}", node.memory_capacity));
  return [all = std::move(all)] { return all; };
}

}  // namespace

PodSync::PodSync(Services services, Pods& pods)
    : services_(std::move(services)),
      allocations_(services_.clock, services_.pool, services_.layout,
                   services_.allocatable ? services_.allocatable : AllocatableOf(services_.node),
                   MemoryFactsOf(services_.node)),
      pods_(pods) {
  services_.allocations = &allocations_;
  allocations_.OnDecision([this](const std::string& uid) {
    const auto worker = workers_.find(uid);
    if (worker != workers_.end()) worker->second->Wake();
  });
  pods_.OnChange([this](const objects::Change<api::Pod>& change) {
    if (running_) OnPod(change);
  });
  services_.prober.OnChange([this](const std::string& uid) {
    const auto worker = workers_.find(uid);
    if (worker != workers_.end()) worker->second->ProbeChanged();
  });
  const auto config_changed = [this](const std::string& uid) {
    const auto worker = workers_.find(uid);
    if (worker != workers_.end()) worker->second->ConfigChanged();
  };
  services_.references.OnChange(config_changed);
  services_.tokens.OnChange(config_changed);
}

Task<void> PodSync::Run() {
  co_await pods_.WaitSynced();
  co_await services_.states.WaitSynced();
  co_await RecallAllocations();
  running_ = true;
  AdmitAll();
  co_await EndStrangers();
  co_await LimitProcessesOfAll();
}

Task<void> PodSync::RecallAllocations() {
  std::vector<std::string> uids;
  pods_.ForEach("", [&](const api::Pod& pod) {
    if (Mine(pod)) uids.push_back(pod.meta.uid);
  });
  co_await allocations_.Recall(std::move(uids));
}

/// Who has begun has what it takes; of the others who came first is taken first.
void PodSync::AdmitAll() {
  std::vector<api::Ref<api::Pod>> all;
  pods_.ForEach("", [&](const api::Ref<api::Pod>& pod) {
    if (Mine(*pod)) all.push_back(pod);
  });
  const auto begun = [this](const api::Pod& pod) {
    return pod.status.start_time || !services_.states.Get(pod.meta.uid).sandboxes.empty();
  };
  std::stable_sort(all.begin(), all.end(), [&begun](const auto& a, const auto& b) {
    const bool one = begun(*a), other = begun(*b);
    return one != other ? one : a->meta.created < b->meta.created;
  });
  for (const api::Ref<api::Pod>& pod : all) {
    if (begun(*pod)) allocations_.Admit(pod.shared(), services_.states.Get(pod->meta.uid));
  }
  for (const api::Ref<api::Pod>& pod : all) OnPod({{}, pod});
}

/// What runs already was made under the setting of an earlier run.
Task<void> PodSync::LimitProcessesOfAll() {
  std::vector<std::string> parents;
  pods_.ForEach("", [&](const api::Pod& pod) {
    if (!Mine(pod)) return;
    parents.push_back(CgroupParent(pod.spec, pod.meta.uid, services_.node.systemd_cgroup));
  });
  auto limit = [parents, root = services_.node.cgroup_root, most = services_.node.pod_pids_limit]() -> Status {
    Status first;
    for (const std::string& parent : parents) {
      const Status limited = LimitProcesses(root, parent, most);
      const bool absent = !limited.ok() && limited.error().code == ErrorCode::kNotFound;  // it has none yet
      if (!limited.ok() && !absent && first.ok()) first = limited;
    }
    return first;
  };
  const Status limited = co_await services_.pool.Run(std::move(limit));
  if (!limited.ok()) log::Warning("limiting the processes of pods: {}", limited.error().message);
}

/// What an earlier run of the agent left behind: sandboxes and directories of pods the store does not know.
Task<void> PodSync::EndStrangers() {
  std::set<std::string> uids;
  const Result<std::vector<std::string>> on_disk = co_await services_.volumes.KnownPods();
  if (on_disk.ok()) uids.insert(on_disk->begin(), on_disk->end());
  if (!on_disk.ok()) log::Warning("looking for directories of former pods failed: {}", on_disk.error().message);
  for (const std::string& uid : services_.states.AllUids()) uids.insert(uid);
  for (const std::string& uid : uids) {
    if (!uid.empty() && !workers_.contains(uid)) Start(uid);
  }
}

void PodSync::OnPod(const objects::Change<api::Pod>& change) {
  const api::Pod& pod = *change.last();
  if (!Mine(pod)) return;
  const std::string& uid = pod.meta.uid;
  const auto known = workers_.find(uid);
  if (change.deleted()) {
    allocations_.Drop(uid);
    if (known != workers_.end()) known->second->Gone();
    return;
  }
  if (known != workers_.end()) {
    Want(*known->second, change.now);
    return;
  }
  const auto worker = std::make_shared<Worker>(services_, uid, [this](const api::Pod& each) { return MayStart(each); });
  workers_[uid] = worker;
  const std::optional<Refusal> refusal = allocations_.Admit(change.now.shared(), services_.states.Get(uid));
  Want(*worker, change.now);
  if (refusal) worker->Refuse(*refusal);
  Spawn(services_.executor, "pod " + uid, RunWorker(uid, worker));
}

void PodSync::Want(Worker& worker, const api::Ref<api::Pod>& pod) {
  if (!worker.wanted()) named_[{pod->meta.ns, pod->meta.name}].insert(pod->meta.uid);
  services_.references.Use(pod->meta.uid, ReferencesOf(*pod));
  services_.tokens.Use(TokenUserOf(*pod), pod->Terminal() ? std::set<references::TokenWish>() : TokensOf(*pod));
  allocations_.Want(pod.shared());
  worker.Want(pod.shared());
}

Task<Status> PodSync::RunOnce(std::shared_ptr<Worker> worker) {
  co_await worker->Run();
  co_return Status();
}

/// A worker for something nobody wants: it only ends it.
void PodSync::Start(const std::string& uid) {
  const auto worker = std::make_shared<Worker>(services_, uid, [](const api::Pod&) { return false; });
  workers_[uid] = worker;
  Spawn(services_.executor, "pod " + uid, RunWorker(uid, worker));
}

/// An exception is the failure of this pod alone: its worker begins again with a look.
Task<void> PodSync::RunWorker(std::string uid, std::shared_ptr<Worker> worker) {
  Duration pause = kFirstPause;
  bool over = false;
  while (!over) {
    const Status ran = co_await Caught(RunOnce(worker));
    over = ran.ok();
    if (over) break;
    log::Error("pod {}: its worker {}; it begins again", uid, ran.error().message);
    if (worker->wanted()) {
      services_.recorder.Record({worker->wanted()->object, events::Severity::kWarning, ran.error().reason,
                                 "the agent's work on this pod " + ran.error().message + "; it is tried again"});
    }
    co_await Sleep(services_.clock, pause);
    pause = std::min(pause * 2, kLongestPause);
  }
  workers_.erase(uid);
  services_.references.Use(uid, {});
  services_.tokens.Drop(uid);
  Ended(uid, *worker);
}

/// Wakes those that may start now: the ones of the same name. A worker that never had an object may have held any name.
void PodSync::Ended(const std::string& uid, const Worker& worker) {
  if (!worker.wanted()) {
    for (const auto& [other, waiting] : workers_) waiting->Wake();
    return;
  }
  const auto named = named_.find({worker.wanted()->meta.ns, worker.wanted()->meta.name});
  if (named == named_.end()) return;
  named->second.erase(uid);
  for (const std::string& other : named->second) workers_.at(other)->Wake();
  if (named->second.empty()) named_.erase(named);
}

/// Two containers of one ordinal must never be alive at once, whatever was deleted by force.
bool PodSync::MayStart(const api::Pod& pod) const {
  for (const std::string& uid : services_.states.UidsNamed(pod.meta.ns, pod.meta.name)) {
    if (uid != pod.meta.uid && observe::HoldsAnythingLive(services_.states.Get(uid))) return false;
  }
  // One that is ending may still be making what the runtime does not show yet.
  const auto named = named_.find({pod.meta.ns, pod.meta.name});
  return named == named_.end() || std::none_of(named->second.begin(), named->second.end(), [&](const std::string& uid) {
           return uid != pod.meta.uid && workers_.at(uid)->Ending();
         });
}

void PodSync::RuntimeChanged(const std::string& uid) {
  const auto known = workers_.find(uid);
  if (known != workers_.end()) {
    known->second->Wake();
  } else if (running_) {
    const observe::PodState& state = services_.states.Get(uid);
    if (!state.sandboxes.empty() || !state.containers.empty()) Start(uid);
  }
}

void PodSync::ImageArrived() {
  for (const auto& [uid, worker] : workers_) worker->ImageArrived();
}

void PodSync::EndByNode(const std::string& uid, NodeEnd end) {
  const auto known = workers_.find(uid);
  if (known != workers_.end()) known->second->EndByNode(std::move(end));
}

bool PodSync::HoldsVolumes(const std::string& uid) const {
  const auto known = workers_.find(uid);
  return known != workers_.end() && !known->second->volumes_gone();
}

std::string PodSync::CgroupOf(const api::Pod& pod) const {
  return CgroupParent(pod.spec, pod.meta.uid, services_.node.systemd_cgroup);
}

void PodSync::GoOn() {
  for (const auto& [uid, worker] : workers_) worker->GoOn();
}

}  // namespace ordinal::podsync
