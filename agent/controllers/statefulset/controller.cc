#include "agent/controllers/statefulset/controller.h"

#include <utility>

#include "agent/base/together.h"
#include "agent/controllers/conditions.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/controllers/owner_writes.h"
#include "agent/controllers/pod_capacity.h"
#include "agent/controllers/statefulset/identity.h"
#include "agent/controllers/statefulset/pod_writes.h"
#include "agent/objects/indexes.h"

namespace ordinal::controllers::statefulset {

using api::Json;
using api::ObjectKey;
using objects::Change;

Controller::Controller(Context context, objects::Caches& caches, EnsureImages images, Settling settling)
    : context_(std::move(context)),
      sets_(caches.Of<api::StatefulSet>()),
      pods_(caches.Of<api::Pod>()),
      claims_(caches.Of<api::PersistentVolumeClaim>()),
      nodes_(caches.Of<api::Node>()),
      history_(context_, caches.Of<api::ControllerRevision>()),
      queue_(context_.executor, context_.clock, "statefulset"),
      images_(std::move(images)),
      settling_(settling),
      ready_times_(pods_, context_.clock, "StatefulSet") {
  sets_.OnChange([this](const Change<api::StatefulSet>& change) { queue_.Add(QueueKey(change.last()->object)); });
  history_.OnChange([this](const Change<api::ControllerRevision>& change) { OnRevision(change); });
  pods_.OnChange([this](const Change<api::Pod>& change) {
    for (const std::string& key : failures_.EndRowsFor(FreedPorts(change))) queue_.Add(key);
    OnPod(*change.last());
  });
  claims_.OnChange([this](const Change<api::PersistentVolumeClaim>& change) {
    if (change.deleted() || change.now->meta.deleting()) OnLostClaim(change.last()->meta);
  });
  OnPodCapacity(nodes_, context_.node_name, [this] {
    sets_.ForEach("", [this](const api::StatefulSet& set) { queue_.Add(QueueKey(set.object)); });
  });
  queue_.OnException(SayFailedPass(context_.recorder, sets_));
}

void Controller::OnRevision(const Change<api::ControllerRevision>& change) {
  const api::Meta& meta = change.last()->meta;
  if (const auto* owner = meta.Controller()) {
    if (!change.added()) queue_.Add(QueueKey(meta.ns, owner->name));  // else its own work
    return;
  }
  if (change.deleted()) return;
  objects::ForEachSelecting(objects::BySelector(sets_), meta.ns, meta.labels,
                            [this](const api::StatefulSet& set) { queue_.Add(QueueKey(set.object)); });
}

void Controller::OnPod(const api::Pod& pod) {
  // By name also: a pod that bears an ordinal's name stands in the set's way whoever controls it.
  if (const auto name = ParsePodName(pod.meta.name)) queue_.Add(QueueKey(pod.meta.ns, name->parent));
  const auto* owner = pod.meta.Controller();
  if (owner != nullptr && owner->kind == "StatefulSet") queue_.Add(QueueKey(pod.meta.ns, owner->name));
}

/// Of "<template>-<set>-<ordinal>" nobody knows where the template's name ends: every set it may be of looks.
void Controller::OnLostClaim(const api::Meta& claim) {
  const auto name = ParsePodName(claim.name);  // "<template>-<set>" and the ordinal
  if (!name) return;
  for (size_t dash = name->parent.find('-'); dash != std::string::npos; dash = name->parent.find('-', dash + 1)) {
    const api::Ref<api::StatefulSet> set = sets_.Find(claim.ns, name->parent.substr(dash + 1));
    if (set) queue_.Add(QueueKey(set->object));
  }
}

Task<void> Controller::Run() {
  co_await sets_.WaitSynced();
  co_await pods_.WaitSynced();
  co_await claims_.WaitSynced();
  co_await history_.WaitSynced();
  co_await nodes_.WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Observed Controller::Observe(const api::StatefulSet& set, api::Refs<api::Pod>& adopt,
                             api::Refs<api::Pod>& release) const {
  Observed seen;
  seen.set = set;
  seen.settling = settling_;
  seen.now = context_.clock.Now();
  seen.pod_capacity = PodCapacityOf(nodes_.Find("", context_.node_name).get());
  // Whatever belongs to a set has its name in front: nothing else is looked at, however many sets there are.
  const std::string prefix = set.meta.name + "-";
  pods_.ForEachNamed(set.meta.ns, prefix, [&](const api::Ref<api::Pod>& pod) {
    switch (MembershipOf(set, pod->meta)) {
      case Membership::kOurs:
        seen.pods.push_back(pod);
        if (const auto since = ready_times_.Of(pod->meta.uid)) seen.ready_since[pod->meta.uid] = *since;
        return;
      case Membership::kAdopt: adopt.push_back(pod); break;
      case Membership::kRelease: release.push_back(pod); break;
      case Membership::kStranger: break;
    }
    if (OrdinalOf(set, pod->meta.name)) seen.taken.insert(pod->meta.name);
  });
  for (const Json& claim_template : set.claim_templates) {
    claims_.ForEachNamed(
        set.meta.ns, NameOf(claim_template) + "-" + prefix,
        [&](const api::Ref<api::PersistentVolumeClaim>& claim) { seen.claims.emplace(claim->meta.name, claim); });
  }
  return seen;
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const api::Ref<api::StatefulSet> set = sets_.Find(ns, name);
  if (!set) {
    said_.erase(key);
    without_images_.erase(key);
    failures_.Forget(key);
    co_return Status();
  }
  CO_TRY(api::Refs<api::ControllerRevision> revisions, co_await history_.Read(OwnerOf(*set)));
  api::Refs<api::Pod> adopt, release;
  Observed seen = Observe(*set, adopt, release);
  seen.revisions = std::move(revisions);
  failures_.Look(key, seen);
  if (!set->meta.deleting()) {
    for (const api::Ref<api::Pod>& pod : adopt) CO_TRYV(co_await Adopt(context_, set->object, pod->object));
    for (const api::Ref<api::Pod>& pod : release) CO_TRYV(co_await Release(context_, set->object, pod->object));
    // The pods' change comes back as an event; what follows would be decided without them.
    if (!adopt.empty()) co_return Status();
  }
  Plan plan = co_await MakePlanWithImages(key, seen);
  SayWait(key, *set, plan);
  if (plan.look_again) queue_.AddAfter(key, *plan.look_again);
  co_return co_await Execute(seen, std::move(plan));
}

Task<Plan> Controller::MakePlanWithImages(const std::string& key, Observed& seen) {
  without_images_.erase(key);
  Plan plan = MakePlan(seen);
  if (!plan.needs_images) co_return plan;
  seen.images = ImageState();
  if (images_) {
    Json spec = api::Member(plan.revisions.update_template, "spec");
    std::function<void()> arrived = [this, key] { queue_.Add(key); };
    std::string ns = SplitQueueKey(key).first;
    seen.images = co_await images_(std::move(ns), std::move(spec), std::move(arrived));
  }
  if (seen.images->phase != ImageState::Phase::kReady) without_images_.insert(key);
  co_return MakePlan(seen);
}

void Controller::ImageArrived() {
  for (const std::string& key : without_images_) queue_.Add(key);
}

Task<Status> Controller::Execute(const Observed& seen, Plan plan) {
  TemplateOwner owner = OwnerOf(seen.set);
  CO_TRYV(
      co_await history_.Apply(std::move(owner), std::move(plan.revisions.create), std::move(plan.revisions.renumber)));
  std::vector<Task<Status>> owners;
  for (SetClaimOwners& action : plan.claim_owners) owners.push_back(Perform(context_, seen.set, std::move(action)));
  CO_TRYV(co_await Together(context_.executor, "statefulset claims", std::move(owners)));

  std::vector<Task<Status>> pods;
  for (PodAction& action : plan.pods) pods.push_back(Perform(context_, seen.set, std::move(action)));
  for (GrowClaim& action : plan.grow_claims) pods.push_back(Perform(context_, seen.set, std::move(action)));
  Status done = co_await Together(context_.executor, "statefulset pods", std::move(pods));

  const Status dropped = co_await history_.Remove(seen.set.meta.ns, std::move(plan.surplus_revisions));
  if (!dropped.ok()) done = dropped;
  Status written = co_await WriteStatus(context_, seen.set.object, std::move(plan.status));
  co_return done.ok() ? written : done;
}

/// Each pod and reason once, until the set is complete again.
void Controller::SayWait(const std::string& key, const api::StatefulSet& set, const Plan& plan) {
  if (!plan.in_the_way) {
    if (FindCondition(api::Member(plan.status, "conditions"), kProgressing) == nullptr) said_.erase(key);
    return;
  }
  const Wait& wait = *plan.in_the_way;
  if (!said_[key].insert(wait.about + " " + wait.reason).second) return;
  context_.recorder.Record({set.object, events::Severity::kWarning, wait.event, wait.message});
}

}  // namespace ordinal::controllers::statefulset
