#include "agent/controllers/placement/controller.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/api/kinds/pod/claims.h"
#include "agent/api/kinds/pod/status_merge.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/controllers/owner_writes.h"
#include "agent/objects/indexes.h"

namespace ordinal::controllers::placement {
namespace {

using api::ObjectKey;
using objects::Change;

bool SameAllocations(const std::vector<api::ContainerStatus>& a, const std::vector<api::ContainerStatus>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& one, const auto& other) { return one.allocated == other.allocated; });
}

/// What its node says of its resources.
bool SameResources(const api::PodStatus& a, const api::PodStatus& b) {
  const auto pending = [](const api::PodStatus& status) {
    const api::Condition* condition = status.FindCondition(api::kPodResizePending);
    return condition == nullptr ? std::string() : condition->reason;
  };
  return a.allocated == b.allocated && SameAllocations(a.container_statuses, b.container_statuses) &&
         SameAllocations(a.init_container_statuses, b.init_container_statuses) && pending(a) == pending(b);
}

/// Whether nothing changed that placement reads of a pod.
bool SameWishes(const api::Pod& a, const api::Pod& b) {
  const auto spec = [](const api::Pod& pod) -> const api::Json& { return api::Member(pod.object.body(), "spec"); };
  return spec(a) == spec(b) && a.meta.labels == b.meta.labels && SameResources(a.status, b.status);
}

std::string NominatedFor(const api::Pod& pod) {
  return api::ReadString(api::Member(pod.object.body(), "status"), "nominatedNodeName");
}

}  // namespace

Controller::Controller(Context context, objects::Caches& caches, std::vector<api::TakenPort> own_ports)
    : context_(std::move(context)),
      pods_(caches.Of<api::Pod>()),
      claims_(caches.Of<api::PersistentVolumeClaim>()),
      volumes_(caches.Of<api::PersistentVolume>()),
      nodes_(caches.Of<api::Node>()),
      namespaces_(caches.PlainOf("Namespace")),
      budgets_(caches.Of<api::PodDisruptionBudget>()),
      pods_by_claim_(objects::ByClaim(pods_)),
      own_ports_(std::move(own_ports)),
      queue_(context_.executor, context_.clock, "placement") {
  SeeNode(nullptr);
  pods_.OnChange([this](const Change<api::Pod>& change) { OnPod(change); });
  claims_.OnChange([this](const Change<api::PersistentVolumeClaim>& change) { OnClaim(change.last()->meta); });
  nodes_.OnChange([this](const Change<api::Node>& change) { OnNode(change); });
  queue_.OnException(SayFailedPass(context_.recorder, pods_));
}

void Controller::OnPod(const Change<api::Pod>& change) {
  const api::Pod& pod = *change.last();
  const std::string key = QueueKey(pod.object);
  if (change.deleted() || pod.Terminal()) {
    waiting_.erase(key);
    leaving_.erase(key);
    const bool was_nominated = nominated_.erase(key) > 0;
    if (neighbours_.Drop(key) || was_nominated) LookAgain();
    return;
  }
  if (pod.spec.node_name.empty()) {
    if (!pod.deleting() && NominatedFor(pod) == context_.node_name) {
      nominated_.insert_or_assign(key, Footprint::Of(pod));
    } else if (pod.deleting() || (change.old && NominatedFor(*change.old) == context_.node_name)) {
      // Not one whose nomination is being written.
      if (nominated_.erase(key) > 0) LookAgain();
    }
    queue_.Add(key);
    return;
  }
  waiting_.erase(key);
  const bool was_nominated = nominated_.erase(key) > 0;
  if (pod.spec.node_name != context_.node_name) {
    if (was_nominated) LookAgain();
    return;
  }
  const bool known = change.old && neighbours_.Has(key) && SameWishes(*change.old, pod);
  if (known) return;
  neighbours_.Put(key, Footprint::Of(pod));
  LookAgain();  // somebody may want to be with it
  queue_.Add(key);
}

void Controller::OnNode(const Change<api::Node>& change) {
  if (change.last()->meta.name != context_.node_name) return;
  SeeNode(change.now.get());
  LookAgain();
  const auto spec = [](const api::Node& node) -> const api::Json& { return api::Member(node.object.body(), "spec"); };
  if (change.old && change.now && spec(*change.old) == spec(*change.now)) return;
  for (const auto& [key, footprint] : neighbours_) queue_.Add(key);
}

/// The more important ones first.
void Controller::LookAgain() {
  std::vector<std::pair<int64_t, std::string>> keys;
  for (const auto& [key, waiting] : waiting_) keys.emplace_back(-waiting.priority, key);
  std::sort(keys.begin(), keys.end());
  for (const auto& [priority, key] : keys) queue_.Add(key);
}

void Controller::OnClaim(const api::Meta& claim) {
  if (waiting_.empty()) return;
  pods_by_claim_.ForEach(objects::ClaimKey(claim.ns, claim.name), [this](const api::Pod& pod) {
    const std::string key = QueueKey(pod.object);
    if (waiting_.contains(key)) queue_.Add(key);
  });
}

Task<void> Controller::Run() {
  co_await pods_.WaitSynced();
  co_await claims_.WaitSynced();
  co_await volumes_.WaitSynced();
  co_await nodes_.WaitSynced();
  co_await namespaces_.WaitSynced();
  co_await budgets_.WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

/// Before the node has said what it is (null), it has a name and room for everything.
void Controller::SeeNode(const api::Node* node) {
  here_ = node == nullptr ? NodeView() : NodeView::From(*node);
  here_.own_ports = own_ports_;
  if (node != nullptr) return;
  here_.name = context_.node_name;
  here_.labels["kubernetes.io/hostname"] = context_.node_name;
}

Surroundings Controller::Around(const api::Pod& pod, const Neighbours& others) const {
  const auto labels_of = [this](const std::string& ns) {
    const api::Ref<api::Plain> found = namespaces_.Find("", ns);
    return found ? found->object.labels() : api::StringMap();
  };
  Surroundings around{here_, others, {}, labels_of};
  for (const std::string& name : api::ClaimsOf(pod.object.body())) {
    const api::Ref<api::PersistentVolumeClaim> claim = claims_.Find(pod.meta.ns, name);
    if (!claim) continue;
    if (api::Ref<api::PersistentVolume> volume = volumes_.Find("", claim->volume_name)) {
      around.volumes.push_back(std::move(volume));
    }
  }
  return around;
}

/// As things are, and as they will be when those have come that are nominated and no less important.
std::string Controller::Misfit(const std::string& key, const api::Pod& pod) const {
  std::string misfit = ExplainMisfit(pod, Around(pod, neighbours_));
  const bool others_nominated = nominated_.size() > nominated_.count(key);
  if (!misfit.empty() || !others_nominated) return misfit;
  const Neighbours with = WithNominated(key, PriorityOf(pod));
  return ExplainMisfit(pod, Around(pod, with));
}

Neighbours Controller::WithNominated(const std::string& key, int64_t priority) const {
  Neighbours with = neighbours_;
  for (const auto& [other, footprint] : nominated_) {
    if (other != key && footprint.priority >= priority && !with.Has(other)) with.Put(other, footprint);
  }
  return with;
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const Pod pod = pods_.Find(ns, name);
  if (!pod) {
    waiting_.erase(key);
    co_return Status();
  }
  if (pod->spec.node_name == context_.node_name) co_return co_await Evict(key, pod);
  Decision decision = Place(
      *pod, [this](const std::string& claim_ns, const std::string& claim) { return claims_.Find(claim_ns, claim); });
  bool fits_not = false;
  if (decision.type == Decision::Type::kBind && !neighbours_.Has(key)) {
    decision.message = Misfit(key, *pod);
    fits_not = !decision.message.empty();
    if (fits_not) decision.type = Decision::Type::kWait;
  }
  switch (decision.type) {
    case Decision::Type::kBind: waiting_.erase(key); co_return co_await Bind(key, pod);
    case Decision::Type::kWait: co_return co_await Wait(std::move(key), pod, std::move(decision.message), fits_not);
    case Decision::Type::kLeave: break;
  }
  waiting_.erase(key);
  co_return Status();
}

Task<Status> Controller::Bind(std::string key, Pod pod) {
  neighbours_.Put(key, Footprint::Of(*pod));  // others count it from now on
  ObjectKey object_key = pod->object.key();
  objects::WriteOptions options;
  const auto bound =
      co_await context_.client.Bind(std::move(object_key), pod->meta.uid, context_.node_name, std::move(options));
  if (bound.ok()) {
    context_.recorder.Record(
        {pod->object, events::Severity::kNormal, "Scheduled",
         fmt::format("Successfully assigned {}/{} to {}", pod->meta.ns, pod->meta.name, context_.node_name)});
    co_return Status();
  }
  const Pod now = pods_.Find(pod->meta.ns, pod->meta.name);
  const bool here = now && now->meta.uid == pod->meta.uid && now->spec.node_name == context_.node_name;
  if (!here) {
    neighbours_.Drop(key);  // it is gone, or somebody else placed it elsewhere
    LookAgain();
  }
  co_return Settled(bound.error());
}

/// Deletes the pod once the node's taints have driven it away.
Task<Status> Controller::Evict(std::string key, Pod pod) {
  const std::optional<Duration> after = EvictedAfter(*pod, here_);
  if (!after || pod->deleting()) {
    leaving_.erase(key);
    co_return Status();
  }
  const SteadyTime now = context_.clock.Steady();
  Leaving& leaving = leaving_[key];
  if (leaving.uid != pod->meta.uid) leaving = Leaving{pod->meta.uid, now + *after};
  if (leaving.due > now) {
    queue_.AddAfter(key, leaving.due - now);
    co_return Status();
  }
  context_.recorder.Record({pod->object, events::Severity::kNormal, "TaintManagerEviction",
                            fmt::format("Marking for deletion Pod {}", key)});
  objects::DeleteOptions options;
  options.preconditions.uid = pod->meta.uid;
  ObjectKey object_key = pod->object.key();
  const auto deleted = co_await context_.client.Delete(std::move(object_key), std::move(options));
  co_return Settled(StatusOf(deleted));
}

Task<Status> Controller::Wait(std::string key, Pod pod, std::string message, bool fits_not) {
  Waiting& waiting = waiting_[key];
  const SteadyTime now = context_.clock.Steady();
  if (waiting.uid != pod->meta.uid) waiting = Waiting{pod->meta.uid, now, {}, PriorityOf(*pod)};
  if (const Duration left = waiting.since + kPatience - now; left > Duration::zero()) {
    queue_.AddAfter(key, left);
    co_return Status();
  }
  if (std::exchange(waiting.said, message) != message) {
    context_.recorder.Record({pod->object, events::Severity::kWarning, "FailedScheduling", message});
  }
  std::function<bool(api::Json&)> change = [this, &message](api::Json& body) {
    return ApplyWait(body, message, context_.clock.Now());
  };
  CO_TRYV(StatusOf(co_await EditIf(context_, pod->object.key(), pod->meta.uid, std::move(change))));
  pod = Unplaced(key, pod->meta.uid);
  if (!pod) co_return Status();
  if (fits_not) co_return co_await Preempt(std::move(key), pod);
  // It waits for its claims, and keeps nobody from the room meanwhile.
  if (!nominated_.contains(key)) co_return Status();
  co_return co_await Nominate(std::move(key), pod, "");
}

Controller::Pod Controller::Unplaced(const std::string& key, const std::string& uid) const {
  const auto [ns, name] = SplitQueueKey(key);
  const Pod pod = pods_.Find(ns, name);
  const bool waits = pod && pod->meta.uid == uid && pod->spec.node_name.empty() && !pod->deleting() && !pod->Terminal();
  return waits ? pod : Pod();
}

std::vector<Resident> Controller::Lower(int64_t priority) const {
  std::vector<Resident> lower;
  for (const auto& [key, footprint] : neighbours_) {
    if (footprint.priority >= priority) continue;
    const Pod pod = pods_.Find(footprint.ns, footprint.name);
    // One that is on its way to the node is looked at when it has come.
    if (!pod || pod->spec.node_name != context_.node_name) continue;
    lower.push_back({key, pod, footprint.priority});
  }
  return lower;
}

/// Takes the place of less important pods, where that helps.
Task<Status> Controller::Preempt(std::string key, Pod pod) {
  const int64_t priority = PriorityOf(*pod);
  const bool nominated = nominated_.contains(key);
  Choice choice;
  if (MayPreempt(*pod)) {
    std::vector<Resident> lower = Lower(priority);
    if (nominated && std::any_of(lower.begin(), lower.end(), [](const auto& each) { return each.pod->deleting(); })) {
      co_return Status();  // they are on their way out
    }
    if (!lower.empty()) {
      api::Refs<api::PodDisruptionBudget> budgets;
      budgets_.ForEach("", [&budgets](const api::Ref<api::PodDisruptionBudget>& each) { budgets.push_back(each); });
      const Fits fits = [this, &pod](const Neighbours& others) {
        return ExplainMisfit(*pod, Around(*pod, others)).empty();
      };
      choice = ChooseVictims(std::move(lower), WithNominated(key, priority), budgets, fits);
    }
  }
  std::string node = choice.helps ? context_.node_name : "";
  if (!choice.helps && !nominated) co_return Status();
  CO_TRYV(co_await Nominate(key, pod, std::move(node)));
  std::set<std::string> leaving;
  for (const Pod& victim : choice.victims) leaving.insert(QueueKey(victim->object));
  const std::string uid = pod->meta.uid;
  for (const Pod& victim : choice.victims) {
    const Pod wanting = Unplaced(key, uid);
    if (!wanting || !nominated_.contains(key)) break;
    if (!MustLeave(key, *wanting, *victim, leaving)) continue;
    CO_TRYV(co_await MakeRoom(victim, uid));
  }
  co_return Status();
}

/// Others reckon with it before it is written, so that none chooses victims for the same room.
Task<Status> Controller::Nominate(std::string key, Pod pod, std::string node) {
  const bool known = nominated_.contains(key);
  if (!node.empty()) nominated_.insert_or_assign(key, Footprint::Of(*pod));
  std::function<bool(api::Json&)> nominate = [&node](api::Json& body) { return ApplyNomination(body, node); };
  ObjectKey object_key = pod->object.key();
  const auto written = co_await EditIf(context_, std::move(object_key), pod->meta.uid, std::move(nominate));
  if (known || node.empty() || (written.ok() && *written)) co_return StatusOf(written);
  const Pod now = Unplaced(key, pod->meta.uid);
  const bool said = now && NominatedFor(*now) == node;
  // Where nothing can be written nobody else is helped: it is tried again soon.
  if (!said && nominated_.erase(key) > 0 && written.ok()) LookAgain();
  co_return StatusOf(written);
}

/// As things are now: others left, came and were nominated since the victims were chosen. One that need not go stays,
/// and is no longer `leaving`.
bool Controller::MustLeave(const std::string& key, const api::Pod& pod, const api::Pod& victim,
                           std::set<std::string>& leaving) const {
  const Pod there = pods_.Find(victim.meta.ns, victim.meta.name);
  if (!there || there->meta.uid != victim.meta.uid || there->deleting()) return false;  // it goes, or went
  const int64_t priority = PriorityOf(pod);
  Neighbours rest = WithNominated(key, priority);
  for (const Resident& each : Lower(priority)) {
    if (each.pod->deleting() || leaving.contains(each.key)) rest.Drop(each.key);
  }
  const std::string victim_key = QueueKey(victim.object);
  const Fits fits = [this, &pod](const Neighbours& others) { return ExplainMisfit(pod, Around(pod, others)).empty(); };
  if (StillNeeded({victim_key, there, PriorityOf(*there)}, std::move(rest), fits)) return true;
  leaving.erase(victim_key);
  return false;
}

/// Marked first, so that whoever sees it go knows why.
Task<Status> Controller::MakeRoom(Pod victim, std::string preemptor_uid) {
  std::function<bool(api::Json&)> mark = [this](api::Json& body) { return ApplyPreempted(body, context_.clock.Now()); };
  CO_TRYV(StatusOf(co_await EditIf(context_, victim->object.key(), victim->meta.uid, std::move(mark))));
  context_.recorder.Record({victim->object, events::Severity::kNormal, "Preempted",
                            fmt::format("Preempted by pod {} on node {}", preemptor_uid, context_.node_name)});
  objects::DeleteOptions options;
  options.preconditions.uid = victim->meta.uid;
  ObjectKey object_key = victim->object.key();
  const auto deleted = co_await context_.client.Delete(std::move(object_key), std::move(options));
  co_return Settled(StatusOf(deleted));
}

}  // namespace ordinal::controllers::placement
