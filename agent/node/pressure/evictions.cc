#include "agent/node/pressure/evictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <utility>

#include "agent/base/log.h"
#include "agent/node/node_subject.h"

namespace ordinal::node {
namespace {

constexpr Duration kSoonest = std::chrono::seconds(1);    // between two looks
constexpr Duration kPatience = std::chrono::seconds(30);  // with a pod and its volumes beyond its grace
constexpr std::chrono::seconds kAtOnce{1};                // immediateEvictionGracePeriodSeconds

constexpr std::array<std::pair<Pressure, const char*>, 3> kConditions{
    {{Pressure::kMemory, "MemoryPressure"}, {Pressure::kDisk, "DiskPressure"}, {Pressure::kPid, "PIDPressure"}}};

bool ToleratesMemoryPressure(const api::Pod& pod) {
  const api::Json& tolerations = api::Member(api::Member(pod.object.body(), "spec"), "tolerations");
  return std::any_of(tolerations.begin(), tolerations.end(), [](const api::Json& each) {
    const std::string effect = api::ReadString(each, "effect"), key = api::ReadString(each, "key");
    const bool exists = api::ReadString(each, "operator", "Equal") == "Exists";
    return (effect.empty() || effect == "NoSchedule") &&
           (key == "node.kubernetes.io/memory-pressure" ? exists || api::ReadString(each, "value").empty()
                                                        : key.empty() && exists);
  });
}

/// Filled by several threads, of which one may come too late.
class Measured {
 public:
  void Add(const Figures& more) {
    const std::lock_guard lock(mutex_);
    figures_.insert(more.begin(), more.end());
  }
  Figures figures() const {
    const std::lock_guard lock(mutex_);
    return figures_;
  }

 private:
  mutable std::mutex mutex_;
  Figures figures_;
};

}  // namespace

bool IsCritical(const api::Pod& pod) { return PriorityOf(pod) >= kCriticalPriority; }

Evictions::Evictions(Parts parts, Sources sources, EvictionPolicy policy)
    : parts_(std::move(parts)),
      sources_(std::move(sources)),
      judge_(std::move(policy)),
      sets_(parts_.pods, parts_.sets),
      storage_({parts_.clock, parts_.pool, parts_.stats, parts_.layout, parts_.node_name}),
      disks_(parts_.clock),
      wake_(parts_.executor) {}

Task<void> Evictions::Run() {
  while (true) {
    looked_ = parts_.clock.Steady();
    co_await Look();
    timer_ = parts_.clock.After(kPeriod, [this] { wake_.Notify(); });
    co_await wake_.Wait();
    const Duration since = parts_.clock.Steady() - looked_;
    if (since < kSoonest) co_await Sleep(parts_.clock, kSoonest - since);
  }
}

void Evictions::Hurry() { wake_.Notify(); }

void Evictions::PodChanged(const std::string& uid) {
  if (going_ && going_->uid == uid) wake_.Notify();
}

Task<Figures> Evictions::Measure() {
  if (image_fs_.empty()) {
    const auto images = co_await parts_.runtime.ImageFsInfo();
    if (images.ok()) image_fs_ = images->mountpoint;
  }
  const auto all = std::make_shared<Measured>();
  auto read = [all, figures = sources_.figures]() -> Status {
    all->Add(figures(FigurePlaces()));
    return {};
  };
  const Status asked = co_await parts_.pool.Run(std::move(read));
  if (!asked.ok()) log::Warning("what the host has left: {}", asked.error().message);
  // A disk that does not answer costs neither the other's figures nor a thread that others need.
  std::vector<DeviceLooks::Look> looks;
  const std::vector<FigurePlaces> disks{{"", parts_.layout.directories().state, ""}, {"", "", image_fs_}};
  for (const FigurePlaces& places : disks) {
    std::string path = places.node_fs + places.image_fs;
    if (path.empty()) continue;
    std::function<void()> look = [all, places, figures = sources_.figures] { all->Add(figures(places)); };
    looks.push_back({std::move(path), std::move(look)});
  }
  Task<void> looked = sources_.look_at_disks ? sources_.look_at_disks(std::move(looks)) : disks_.Run(std::move(looks));
  co_await std::move(looked);
  co_return all->figures();
}

Task<void> Evictions::Begin() {
  const Figures figures = co_await Measure();
  Judgement judgement = judge_.Judge(figures, parts_.clock.Steady());
  co_await Show(std::move(judgement.conditions));
}

Task<void> Evictions::Look() {
  Figures figures = co_await Measure();
  Judgement judgement = judge_.Judge(figures, parts_.clock.Steady());
  co_await Show(std::move(judgement.conditions));
  co_await EvictOverLimits();
  if (judgement.due.empty()) told_.clear();
  if (judgement.due.empty() || StillGoing()) co_return;
  co_await Relieve(judgement.due.front(), std::move(figures));
}

/// The node says it before the first pod goes: its successor is to wait for the taint.
Task<void> Evictions::Show(std::set<Pressure> conditions) {
  if (conditions == conditions_) co_return;
  const std::set<Pressure> before = std::exchange(conditions_, std::move(conditions));
  for (const auto& [pressure, name] : kConditions) {
    const bool was = before.contains(pressure), is = conditions_.contains(pressure);
    if (was != is) log::Warning("node {}: {} {}", parts_.node_name, name, is ? "begins" : "is over");
  }
  co_await sources_.tell();
}

api::Refs<api::Pod> Evictions::Here() const {
  api::Refs<api::Pod> here;
  parts_.pods.ForEach("", [&](const api::Ref<api::Pod>& pod) {
    if (pod->spec.node_name != parts_.node_name || pod->Terminal() || pod->deleting()) return;
    here.push_back(pod);
  });
  return here;
}

Task<void> Evictions::EvictOverLimits() {
  api::Refs<api::Pod> here = Here();
  std::set<std::string> still;
  for (const api::Ref<api::Pod>& pod : here) {
    if (ordered_.contains(pod->meta.uid)) still.insert(pod->meta.uid);
  }
  ordered_ = std::move(still);
  const auto over = co_await storage_.OverLimits(std::move(here));
  for (const auto& [pod, message] : over) {
    if (!ordered_.contains(pod->meta.uid) && !IsCritical(*pod) && sets_.MayGo(*pod)) Evict(*pod, message, kAtOnce);
  }
}

bool Evictions::StillGoing() {
  if (!going_) return false;
  const bool live = observe::HoldsAnythingLive(parts_.states.Get(going_->uid));
  const bool holds = live || (sources_.holds_disk && sources_.holds_disk(going_->uid));
  if (holds && parts_.clock.Steady() < going_->until) return true;
  going_.reset();
  return false;
}

Task<void> Evictions::Relieve(size_t due, Figures figures) {
  const Threshold& threshold = judge_.policy().thresholds[due];
  const std::string_view resource = ResourceOf(threshold.signal);
  if (told_.insert(resource).second) {
    Say(events::Severity::kWarning, "EvictionThresholdMet", fmt::format("Attempting to reclaim {}", resource));
  }
  const bool removes = co_await ImagesTakeOf(threshold.signal);
  if (removes) {
    const bool enough = co_await FreeDisk(due, &figures);
    if (enough) co_return;
  }
  std::vector<PodUse> uses = co_await Uses(threshold.signal);
  RankForEviction(uses, /*with_requests=*/PressureOf(threshold.signal) != Pressure::kPid);
  for (const PodUse& use : uses) {
    if (ordered_.contains(use.pod->meta.uid) || !sets_.MayGo(*use.pod)) continue;
    const std::chrono::seconds grace =
        threshold.soft
            ? std::min(judge_.policy().max_pod_grace, std::chrono::seconds(use.pod->spec.termination_grace_seconds))
            : kAtOnce;
    Evict(*use.pod, EvictionMessage(threshold, figures[threshold.signal], use), grace);
    co_return;
  }
  if (told_.insert(NameOf(threshold.signal)).second) {
    log::Warning("node {}: no pod can be evicted for {}", parts_.node_name, NameOf(threshold.signal));
  }
}

/// True when that was enough.
Task<bool> Evictions::FreeDisk(size_t threshold, Figures* figures) {
  co_await RemoveDead();
  const Status freed = co_await sources_.free_images();
  if (!freed.ok())
    log::Warning("removing images for {}: {}", NameOf(judge_.policy().thresholds[threshold].signal),
                 freed.error().message);
  *figures = co_await Measure();
  co_return judge_.Satisfied(threshold, *figures);
}

/// What is left of pods that are over. Their status stays as it was stored, their logs until they are deleted.
Task<void> Evictions::RemoveDead() {
  std::vector<std::string> dead;
  parts_.pods.ForEach("", [&](const api::Ref<api::Pod>& pod) {
    if (pod->spec.node_name != parts_.node_name || !pod->Terminal() || pod->deleting()) return;
    for (const cri::Container& container : parts_.states.Get(pod->meta.uid).containers) {
      if (container.state == cri::ContainerState::kExited) dead.push_back(container.id);
    }
  });
  for (const std::string& id : dead) {
    const Status removed = co_await parts_.runtime.RemoveContainer(id);
    if (!removed.ok()) log::Warning("removing the dead container {:.12}: {}", id, removed.error().message);
  }
}

void Evictions::Evict(const api::Pod& pod, std::string message, std::chrono::seconds grace) {
  log::Warning("pod {}/{}: evicted: {}", pod.meta.ns, pod.meta.name, message);
  parts_.recorder.Record({pod.object, events::Severity::kWarning, "Evicted", message});
  sets_.Goes(pod);
  ordered_.insert(pod.meta.uid);
  going_ = Going{pod.meta.uid, parts_.clock.Steady() + grace + kPatience};
  sources_.evict(pod.meta.uid, Order{std::move(message), grace});
}

std::string Evictions::WhyRefused(const api::Pod& pod) const {
  if (conditions_.empty() || IsCritical(pod)) return {};
  const bool only_memory = conditions_.size() == 1 && conditions_.contains(Pressure::kMemory);
  if (only_memory && (api::QosClass(pod.spec) != "BestEffort" || ToleratesMemoryPressure(pod))) return {};
  std::string all;
  for (const auto& [pressure, name] : kConditions) {
    if (conditions_.contains(pressure)) all += fmt::format("{}{}", all.empty() ? "" : " ", name);
  }
  return fmt::format("The node had condition: [{}]. ", all);
}

void Evictions::Say(events::Severity severity, std::string reason, std::string message) {
  parts_.recorder.Record({NodeSubject(parts_.node_name), severity, std::move(reason), std::move(message)});
}

}  // namespace ordinal::node
