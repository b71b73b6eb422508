#include "agent/controllers/placement/controller.h"

#include <fmt/format.h>

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

}  // namespace

Controller::Controller(Context context, objects::Caches& caches, std::vector<api::TakenPort> own_ports)
    : context_(std::move(context)),
      pods_(caches.Of<api::Pod>()),
      claims_(caches.Of<api::PersistentVolumeClaim>()),
      volumes_(caches.Of<api::PersistentVolume>()),
      nodes_(caches.Of<api::Node>()),
      namespaces_(caches.PlainOf("Namespace")),
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
    if (neighbours_.Drop(key)) LookAgain();
    return;
  }
  if (pod.spec.node_name.empty()) {
    queue_.Add(key);
    return;
  }
  waiting_.erase(key);
  if (pod.spec.node_name != context_.node_name) return;
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

void Controller::LookAgain() {
  for (const auto& [key, waiting] : waiting_) queue_.Add(key);
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

std::string Controller::Misfit(const api::Pod& pod) const {
  const auto labels_of = [this](const std::string& ns) {
    const api::Ref<api::Plain> found = namespaces_.Find("", ns);
    return found ? found->object.labels() : api::StringMap();
  };
  Surroundings around{here_, neighbours_, {}, labels_of};
  for (const std::string& name : api::ClaimsOf(pod.object.body())) {
    const api::Ref<api::PersistentVolumeClaim> claim = claims_.Find(pod.meta.ns, name);
    if (!claim) continue;
    if (api::Ref<api::PersistentVolume> volume = volumes_.Find("", claim->volume_name)) {
      around.volumes.push_back(std::move(volume));
    }
  }
  return ExplainMisfit(pod, around);
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
  if (decision.type == Decision::Type::kBind && !neighbours_.Has(key)) {
    decision.message = Misfit(*pod);
    if (!decision.message.empty()) decision.type = Decision::Type::kWait;
  }
  switch (decision.type) {
    case Decision::Type::kBind: waiting_.erase(key); co_return co_await Bind(key, pod);
    case Decision::Type::kWait: co_return co_await Wait(std::move(key), pod, std::move(decision.message));
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

Task<Status> Controller::Wait(std::string key, Pod pod, std::string message) {
  Waiting& waiting = waiting_[key];
  const SteadyTime now = context_.clock.Steady();
  if (waiting.uid != pod->meta.uid) waiting = Waiting{pod->meta.uid, now, {}};
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
  co_return StatusOf(co_await EditIf(context_, pod->object.key(), pod->meta.uid, std::move(change)));
}

}  // namespace ordinal::controllers::placement
