#include "agent/controllers/statefulset/controller.h"

#include <utility>

#include "agent/base/log.h"
#include "agent/base/together.h"
#include "agent/controllers/conditions.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/controllers/owner_writes.h"
#include "agent/controllers/pod_capacity.h"
#include "agent/controllers/statefulset/identity.h"
#include "agent/controllers/statefulset/pod_writes.h"

namespace ordinal::controllers::statefulset {

using api::Json;
using api::ObjectKey;
using store::EventType;
using store::WatchEvent;

Controller::Controller(Context context, Caches caches, EnsureImages images, Settling settling)
    : context_(std::move(context)),
      caches_(caches),
      history_(context_, caches_.revisions),
      queue_(context_.executor, context_.clock, "statefulset"),
      images_(std::move(images)),
      settling_(settling),
      ready_times_(caches.pods, context_.clock, "StatefulSet") {
  caches_.sets.OnChange([this](const WatchEvent& event) { queue_.Add(QueueKey(event.object)); });
  WatchRevisions();
  WatchPods();
  WatchClaims();
  OnPodCapacity(caches_.nodes, context_.node_name,
                [this] { caches_.sets.ForEach("", [this](const api::Object& set) { queue_.Add(QueueKey(set)); }); });
  queue_.OnException(SayFailedPass(context_.recorder, caches_.sets));
}

void Controller::WatchRevisions() {
  caches_.revisions.OnChange([this](const WatchEvent& event) {
    const api::Meta meta = api::ReadMeta(event.object.body());
    if (const auto* owner = meta.Controller()) {
      if (event.type != EventType::kAdded) queue_.Add(QueueKey(meta.ns, owner->name));  // else its own work
      return;
    }
    if (event.type == EventType::kDeleted) return;
    caches_.sets.ForEach(meta.ns, [&](const api::Object& object) {
      if (api::StatefulSet::From(object).selector.Matches(meta.labels)) queue_.Add(QueueKey(object));
    });
  });
}

void Controller::WatchPods() {
  caches_.pods.OnChange([this](const WatchEvent& event) {
    // By name also: a pod that bears an ordinal's name stands in the set's way whoever controls it.
    if (const auto name = ParsePodName(event.object.name())) queue_.Add(QueueKey(event.object.ns(), name->parent));
    const api::Meta meta = api::ReadMeta(event.object.body());
    const auto* owner = meta.Controller();
    if (owner != nullptr && owner->kind == "StatefulSet") queue_.Add(QueueKey(meta.ns, owner->name));
  });
}

void Controller::WatchClaims() {
  caches_.claims.OnChange([this](const WatchEvent& event) {
    const bool going = event.type == EventType::kDeleted || api::ReadMeta(event.object.body()).deleting();
    const auto name = ParsePodName(event.object.name());  // "<template>-<set>" and the ordinal
    if (!going || !name) return;
    caches_.sets.ForEach(event.object.ns(), [&](const api::Object& object) {
      if (name->parent.ends_with("-" + object.name())) queue_.Add(QueueKey(object));
    });
  });
}

Task<void> Controller::Run() {
  co_await caches_.sets.WaitSynced();
  co_await caches_.pods.WaitSynced();
  co_await caches_.claims.WaitSynced();
  co_await caches_.revisions.WaitSynced();
  co_await caches_.nodes.WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Observed Controller::Observe(const api::StatefulSet& set, std::vector<api::Object>& adopt,
                             std::vector<api::Object>& release) const {
  Observed seen;
  seen.set = set;
  seen.settling = settling_;
  seen.now = context_.clock.Now();
  seen.pod_capacity = PodCapacityOf(caches_.nodes.Find("", context_.node_name));
  // Whatever belongs to a set has its name in front: nothing else is looked at, however many sets there are.
  const std::string prefix = set.meta.name + "-";
  caches_.pods.ForEachNamed(set.meta.ns, prefix, [&](const api::Object& object) {
    switch (MembershipOf(set, api::ReadMeta(object.body()))) {
      case Membership::kOurs:
        seen.pods.push_back(api::Pod::From(object));
        if (const auto since = ready_times_.Of(object.uid())) seen.ready_since[object.uid()] = *since;
        return;
      case Membership::kAdopt: adopt.push_back(object); break;
      case Membership::kRelease: release.push_back(object); break;
      case Membership::kStranger: break;
    }
    if (OrdinalOf(set, object.name())) seen.taken.insert(object.name());
  });
  for (const Json& claim_template : set.claim_templates) {
    caches_.claims.ForEachNamed(set.meta.ns, NameOf(claim_template) + "-" + prefix, [&](const api::Object& object) {
      seen.claims.emplace(object.name(), api::PersistentVolumeClaim::From(object));
    });
  }
  return seen;
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const api::Object* found = caches_.sets.Find(ns, name);
  if (found == nullptr) {
    said_.erase(key);
    without_images_.erase(key);
    co_return Status();
  }
  const auto set = api::StatefulSet::From(*found);
  CO_TRY(std::vector<api::ControllerRevision> revisions, co_await history_.Read(set));
  std::vector<api::Object> adopt, release;
  Observed seen = Observe(set, adopt, release);
  seen.revisions = std::move(revisions);
  if (!set.meta.deleting()) {
    for (const api::Object& pod : adopt) CO_TRYV(co_await Adopt(context_, set.object, pod));
    for (const api::Object& pod : release) CO_TRYV(co_await Release(context_, set.object, pod));
    // The pods' change comes back as an event; what follows would be decided without them.
    if (!adopt.empty()) co_return Status();
  }
  Plan plan = co_await MakePlanWithImages(key, seen);
  SayWait(key, set, plan);
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
    seen.images = co_await images_(std::move(spec), std::move(arrived));
  }
  if (seen.images->phase != ImageState::Phase::kReady) without_images_.insert(key);
  co_return MakePlan(seen);
}

void Controller::ImageArrived() {
  for (const std::string& key : without_images_) queue_.Add(key);
}

Task<Status> Controller::Execute(const Observed& seen, Plan plan) {
  CO_TRYV(co_await history_.Apply(seen.set, plan.revisions));
  std::vector<Task<Status>> owners;
  for (SetClaimOwners& action : plan.claim_owners) owners.push_back(Perform(context_, seen.set, std::move(action)));
  CO_TRYV(co_await Together(context_.executor, "statefulset claims", std::move(owners)));

  std::vector<Task<Status>> pods;
  for (PodAction& action : plan.pods) pods.push_back(Perform(context_, seen.set, std::move(action)));
  for (GrowClaim& action : plan.grow_claims) pods.push_back(Perform(context_, seen.set, std::move(action)));
  Status done = co_await Together(context_.executor, "statefulset pods", std::move(pods));

  for (const std::string& name : plan.surplus_revisions) {
    ObjectKey key{"ControllerRevision", seen.set.meta.ns, name};
    store::DeleteOptions options;
    const auto deleted = co_await context_.door.Delete(std::move(key), std::move(options));
    if (!deleted.ok() && deleted.error().code != ErrorCode::kNotFound) done = deleted.error();
  }
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
  context_.recorder.Event(set.object, Severity::kWarning, wait.event, wait.message);
}

}  // namespace ordinal::controllers::statefulset
