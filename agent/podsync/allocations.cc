#include "agent/podsync/allocations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "agent/api/kinds/pod/resources.h"
#include "agent/api/read.h"
#include "agent/base/blocking_pool.h"
#include "agent/base/log.h"
#include "agent/base/whole_file.h"
#include "agent/podsync/files.h"
#include "agent/podsync/made_with.h"

namespace ordinal::podsync {
namespace {

constexpr std::streamsize kMostKept = 1 << 20;
constexpr const char* kDeferred = "Deferred";
constexpr const char* kInfeasible = "Infeasible";

/// The order in which a kubelet's admission looks, and then the rest.
constexpr std::array kFirstLooked{"pods", "cpu", "memory", "ephemeral-storage"};

api::ResourceList NeedsOfPod(const api::Pod& pod) {
  api::ResourceList needs = api::RequestsOf(pod.spec);
  needs["pods"] = *api::Quantity::Parse("1");
  return needs;
}

bool Grows(const api::ResourceList& now, const api::ResourceList& before) {
  return std::any_of(now.begin(), now.end(), [&before](const auto& item) {
    const auto had = before.find(item.first);
    return had == before.end() ? !item.second.IsZero() : item.second > had->second;
  });
}

int64_t ShownAmount(const std::string& resource, const api::Quantity& quantity) {
  return resource == "cpu" ? quantity.MilliValue() : quantity.Value();
}

bool HasResources(const api::Pod& pod) {
  const auto has = [](const api::Container& container) {
    return !container.limits.empty() || !container.requests.empty();
  };
  const api::PodSpec& spec = pod.spec;
  return !spec.limits.empty() || !spec.requests.empty() ||
         std::any_of(spec.containers.begin(), spec.containers.end(), has) ||
         std::any_of(spec.init_containers.begin(), spec.init_containers.end(), has);
}

/// The runtime holds nothing of that container any more.
bool Gone(const observe::PodState& state, const std::string& id) {
  return std::none_of(state.containers.begin(), state.containers.end(),
                      [&id](const cri::Container& container) { return container.id == id; });
}

std::optional<KeptAllocation> ReadKeptFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::string text(kMostKept, '\0');
  in.read(text.data(), kMostKept);
  text.resize(static_cast<size_t>(in.gcount()));
  return KeptFromText(text);
}

}  // namespace

Allocations::Allocations(Clock& clock, BlockingPool& pool, const Layout& layout,
                         std::function<api::ResourceList()> allocatable, MemoryFacts memory)
    : clock_(clock), pool_(pool), layout_(layout), allocatable_(std::move(allocatable)), memory_(std::move(memory)) {}

Task<void> Allocations::Recall(std::vector<std::string> uids) {
  using All = std::map<std::string, KeptAllocation>;
  auto read = [uids = std::move(uids), layout = layout_]() -> Result<All> {
    All all;
    for (const std::string& uid : uids) {
      if (auto kept = ReadKeptFile(layout.PodAllocation(uid))) all.emplace(uid, std::move(*kept));
    }
    return all;
  };
  Result<All> all = co_await pool_.Run(std::move(read));
  if (all.ok()) recalled_ = std::move(*all);
  if (!all.ok()) log::Warning("reading what pods were given failed: {}", all.error().message);
}

std::optional<Refusal> Allocations::Admit(const Pod& pod, const observe::PodState& state) {
  const std::string& uid = pod->meta.uid;
  if (entries_.contains(uid)) return std::nullopt;
  Entry entry;
  entry.wanted = pod;
  entry.over = pod->Terminal();
  entry.burstable = api::QosClass(pod->spec) == "Burstable";
  const bool begun = !state.containers.empty() || !state.sandboxes.empty() || pod->status.start_time.has_value();
  const Allocation asked = HasResources(*pod) ? AllocationOf(*pod) : Allocation();
  entry.allocated = asked;
  const auto recalled = recalled_.find(uid);
  if (recalled != recalled_.end()) {
    entry.allocated = std::move(recalled->second.allocated);
    entry.actuated = std::move(recalled->second.actuated);
    entry.pod_has = std::move(recalled->second.pod_has);
    entry.ended_to_restart = std::move(recalled->second.ended_to_restart);
    entry.generation = recalled->second.generation;
    entry.unfinished = recalled->second.unfinished;
    recalled_.erase(recalled);
  } else {
    TakeFromContainers(state, entry.allocated);
    entry.pod_has = entry.allocated.pod;
  }
  // Kept at once: what is known of them by the pod's spec alone is not to be learnt from a newer one.
  entry.unkept = TakeUnknown(state, entry.allocated, entry.actuated);
  const bool as_asked = entry.allocated == asked;
  api::ResourceList needs = NeedsOfPod(as_asked ? *pod : WithAllocation(*pod, entry.allocated));
  std::optional<Refusal> lack = begun || entry.over ? std::nullopt : Lack(needs, {}, /*of_all=*/false);
  if (!lack && !begun && !entry.over) lack = PortTaken(*pod);
  if (lack) return lack;
  Entry& taken_in = entries_.emplace(uid, std::move(entry)).first->second;
  if (taken_in.over) return std::nullopt;
  Take(taken_in, std::move(needs));
  return std::nullopt;
}

void Allocations::Want(const Pod& pod) {
  const auto found = entries_.find(pod->meta.uid);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  entry.wanted = pod;
  if (pod->Terminal() && !entry.over) return Release(entry);
  if (entry.over || (!HasResources(*pod) && entry.allocated.empty())) return;
  const api::ResourceList before = entry.taken;
  if (Decide(pod->meta.uid, entry) && entry.taken != before) LookAtPending(/*infeasible_too=*/false);
}

/// True when what the pod has been given, or why it waits, is something else now.
bool Allocations::Decide(const std::string& uid, Entry& entry) {
  const api::Pod& pod = *entry.wanted;
  std::optional<PendingResize> pending;
  bool given = false;
  Allocation asked = AllocationOf(pod);
  if (asked != entry.allocated && !pod.deleting()) {
    api::ResourceList needs = NeedsOfPod(pod);
    pending = WhyNot(entry, needs);
    given = !pending;
    if (given) {
      Take(entry, std::move(needs));
      entry.allocated = std::move(asked);
      entry.generation = pod.meta.generation;
      entry.unfinished = true;
    }
  }
  if (pending && entry.pending && pending->reason == entry.pending->reason) pending->since = entry.pending->since;
  const bool changed = given || pending != entry.pending;
  pending_ += (pending ? 1 : 0);
  pending_ -= (entry.pending ? 1 : 0);
  entry.pending = std::move(pending);
  if (changed) {
    entry.unkept = true;
    entry.given = entry.asked = nullptr;
    log::Info("pod {}/{} uid={}: resize {}", pod.meta.ns, pod.meta.name, uid,
              entry.pending ? entry.pending->reason + ": " + entry.pending->message
              : given       ? "accepted"
                            : "taken back");
  }
  return changed;
}

std::optional<PendingResize> Allocations::WhyNot(Entry& entry, const api::ResourceList& needs) {
  const api::Pod& pod = *entry.wanted;
  const auto waits = [&](const std::string& reason, const std::string& message) {
    return PendingResize{reason, message, pod.meta.generation, clock_.Now()};
  };
  if (memory_.limited_swap && ResizesWhatSwaps(pod.spec, WithAllocation(pod, entry.allocated).spec, memory_)) {
    return waits(kInfeasible, "In-place resize of containers with swap is not supported.");
  }
  if (allocatable_().empty()) {  // what was decided before stands
    if (entry.pending) return waits(entry.pending->reason, entry.pending->message);
    return waits(kDeferred, "It is not known what the node has");
  }
  const api::ResourceList before = entry.taken;
  if (const auto never = Lack(needs, before, /*of_all=*/true)) return waits(kInfeasible, never->message);
  Take(entry, {});  // what it has is no obstacle to itself
  const std::optional<Refusal> later = Lack(needs, before, /*of_all=*/false);
  Take(entry, before);
  if (later) return waits(kDeferred, later->message);
  return std::nullopt;
}

void Allocations::Take(Entry& entry, api::ResourceList requests) {
  for (const auto& [name, quantity] : entry.taken) {
    taken_[name].Take(quantity);
    if (entry.burstable && name == "cpu") burstable_cpu_.Take(quantity);
  }
  for (const auto& [name, quantity] : requests) {
    taken_[name].Add(quantity);
    if (entry.burstable && name == "cpu") burstable_cpu_.Add(quantity);
  }
  entry.taken = std::move(requests);
}

void Allocations::Release(Entry& entry) {
  if (entry.over) return;
  entry.over = true;
  Take(entry, {});
  if (entry.pending) --pending_;
  entry.pending.reset();
  LookAtPending(/*infeasible_too=*/false);
}

void Allocations::Drop(const std::string& uid) {
  const auto found = entries_.find(uid);
  if (found == entries_.end()) return;
  Release(found->second);
  entries_.erase(uid);
}

std::optional<Refusal> Allocations::PortTaken(const api::Pod& pod) const {
  std::vector<api::TakenPort> taken;
  const bool asks = !api::HostPortsOf(pod.spec).empty();
  for (const auto& [uid, entry] : entries_) {
    if (!asks || entry.over) continue;
    const std::string by = fmt::format("pod {}/{}", entry.wanted->meta.ns, entry.wanted->meta.name);
    for (api::ContainerPort& port : api::HostPortsOf(entry.wanted->spec)) taken.push_back({std::move(port), by});
  }
  return PortsRefusal(api::TakenPortOf(pod.spec, taken));
}

std::optional<Refusal> Allocations::Lack(const api::ResourceList& requests, const api::ResourceList& before,
                                         bool of_all) const {
  const api::ResourceList there = allocatable_();
  if (there.empty()) return std::nullopt;
  std::vector<std::string> names(kFirstLooked.begin(), kFirstLooked.end());
  for (const auto& [name, wanted] : requests) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  for (const std::string& name : names) {
    const auto wanted = requests.find(name);
    if (wanted == requests.end() || wanted->second.IsZero()) continue;
    const auto had = before.find(name);
    if (had != before.end() && wanted->second <= had->second) continue;
    const auto found = there.find(name);
    if (found == there.end() && !name.starts_with("hugepages-")) continue;
    const api::Quantity room = found == there.end() ? api::Quantity() : found->second;
    const auto sum = taken_.find(name);
    const api::Quantity used = of_all || sum == taken_.end() ? api::Quantity() : sum->second.Total();
    if (used + wanted->second <= room) continue;
    const int64_t asked = ShownAmount(name, wanted->second), all = ShownAmount(name, room);
    std::string message =
        of_all ? fmt::format("Node didn't have enough capacity: {}, requested: {}, capacity: {}", name, asked, all)
               : fmt::format("Node didn't have enough resource: {}, requested: {}, used: {}, capacity: {}", name, asked,
                             ShownAmount(name, used), all);
    return Refusal{"OutOf" + name, std::move(message)};
  }
  return std::nullopt;
}

/// Who asks for no more, then by priority, then Guaranteed ones, then who has waited longest (sortPendingResizes).
std::vector<std::string> Allocations::PendingInOrder(bool infeasible_too) const {
  struct Rank {
    bool grows;
    int64_t priority;
    bool guaranteed;
    WallTime since;
    std::string uid;
  };
  std::vector<Rank> ranks;
  for (const auto& [uid, entry] : entries_) {
    if (!entry.pending || (entry.pending->reason == kInfeasible && !infeasible_too)) continue;
    const bool grows = Grows(NeedsOfPod(*entry.wanted), entry.taken);
    ranks.push_back({grows, entry.wanted->spec.priority, api::QosClass(entry.wanted->spec) == "Guaranteed",
                     entry.pending->since, uid});
  }
  std::stable_sort(ranks.begin(), ranks.end(), [](const Rank& a, const Rank& b) {
    if (a.grows != b.grows) return b.grows;
    if (a.priority != b.priority) return a.priority > b.priority;
    if (a.guaranteed != b.guaranteed) return a.guaranteed;
    return a.since < b.since;
  });
  std::vector<std::string> uids;
  for (Rank& rank : ranks) uids.push_back(std::move(rank.uid));
  return uids;
}

void Allocations::LookAtPending(bool infeasible_too) {
  if (pending_ == 0) return;
  for (const std::string& uid : PendingInOrder(infeasible_too)) {
    const auto found = entries_.find(uid);
    if (found != entries_.end() && Decide(uid, found->second) && decided_) decided_(uid);
  }
}

Allocations::Pod Allocations::Given(const Pod& pod) {
  const auto found = entries_.find(pod->meta.uid);
  if (found == entries_.end()) return pod;
  Entry& entry = found->second;
  if (!entry.pending) return pod;
  if (entry.asked != pod) entry.given = std::make_shared<const api::Pod>(WithAllocation(*pod, entry.allocated));
  entry.asked = pod;
  return entry.given;
}

const Allocation& Allocations::Of(const std::string& uid) const {
  static const Allocation kNothing;
  const auto found = entries_.find(uid);
  return found == entries_.end() ? kNothing : found->second.allocated;
}

const PendingResize* Allocations::PendingOf(const std::string& uid) const {
  const auto found = entries_.find(uid);
  return found == entries_.end() || !found->second.pending ? nullptr : &*found->second.pending;
}

int64_t Allocations::GenerationOf(const std::string& uid) const {
  const auto found = entries_.find(uid);
  return found == entries_.end() ? 0 : found->second.generation;
}

std::optional<Portion> Allocations::ActuatedOf(const std::string& uid, const cri::Container& container) const {
  const auto found = entries_.find(uid);
  if (found == entries_.end()) return std::nullopt;
  const auto changed = found->second.actuated.find(container.id);
  if (changed != found->second.actuated.end()) return changed->second;
  const std::string* made_with = MadeWith(&container);
  return made_with == nullptr ? std::nullopt : PortionFromText(*made_with, found->second.pod_has);
}

const Amounts& Allocations::PodHas(const std::string& uid) const {
  static const Amounts kNothing;
  const auto found = entries_.find(uid);
  return found == entries_.end() ? kNothing : found->second.pod_has;
}

void Allocations::Actuated(const observe::PodState& state, const std::string& id, const Portion& portion) {
  const auto found = entries_.find(state.uid);
  if (found == entries_.end()) return;
  std::erase_if(found->second.actuated, [&state](const auto& item) { return Gone(state, item.first); });
  found->second.actuated[id] = portion;
  found->second.unkept = true;
}

bool Allocations::Unfinished(const std::string& uid) const {
  const auto found = entries_.find(uid);
  return found != entries_.end() && found->second.unfinished;
}

void Allocations::Finished(const std::string& uid, const Allocation& allocation) {
  const auto found = entries_.find(uid);
  if (found == entries_.end() || !found->second.unfinished || found->second.allocated != allocation) return;
  found->second.unfinished = false;
  found->second.pod_has = allocation.pod;
  found->second.unkept = true;
}

void Allocations::EndToRestart(const observe::PodState& state, const std::vector<std::string>& ids) {
  const auto found = entries_.find(state.uid);
  if (found == entries_.end()) return;
  std::set<std::string>& ended = found->second.ended_to_restart;
  std::erase_if(ended, [&state](const std::string& id) { return Gone(state, id); });
  ended.insert(ids.begin(), ids.end());
  found->second.unkept = true;
}

void Allocations::RunOn(const std::string& uid, const std::vector<std::string>& ids) {
  const auto found = entries_.find(uid);
  if (found == entries_.end()) return;
  for (const std::string& id : ids) found->second.unkept |= found->second.ended_to_restart.erase(id) > 0;
}

const std::set<std::string>& Allocations::EndedToRestart(const std::string& uid) const {
  static const std::set<std::string> kNone;
  const auto found = entries_.find(uid);
  return found == entries_.end() ? kNone : found->second.ended_to_restart;
}

Task<Status> Allocations::Keep(std::string uid) {
  const auto found = entries_.find(uid);
  if (found == entries_.end() || !found->second.unkept) co_return Status();
  Entry& entry = found->second;
  entry.unkept = false;
  const KeptAllocation kept{entry.allocated,        entry.pod_has,    entry.actuated,
                            entry.ended_to_restart, entry.generation, entry.unfinished};
  auto write = [text = ToText(kept), directory = layout_.Pod(uid), path = layout_.PodAllocation(uid)]() -> Status {
    TRYV(MakeDirectories(directory));
    return WriteWhole(path, text);
  };
  const Status written = co_await pool_.Run(std::move(write));
  const auto still = entries_.find(uid);
  if (!written.ok() && still != entries_.end()) still->second.unkept = true;
  co_return written;
}

}  // namespace ordinal::podsync
