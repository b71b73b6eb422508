#include "agent/controllers/claims/controller.h"

#include <utility>

#include "agent/api/pod.h"
#include "agent/api/pod_claims.h"
#include "agent/base/together.h"
#include "agent/controllers/owner_writes.h"

namespace ordinal::controllers::claims {
namespace {

using api::ObjectKey;
using store::EventType;
using store::WatchEvent;

constexpr const char* kEverything = "all";  // one key: which claim gets a volume depends on all others

std::string DecisionOf(const api::Object& claim) {
  return api::ReadString(api::Member(api::Member(claim.body(), "metadata"), "annotations"), kDirectory);
}

/// A pod without a node holds no claim: it is not started on one that is being deleted (the reference's rule).
bool Holds(const api::Object& pod) { return !api::NodeOf(pod.body()).empty(); }

}  // namespace

Controller::Controller(Context context, Caches caches, Storage& storage)
    : context_(std::move(context)),
      caches_(caches),
      queue_(context_.executor, context_.clock, "claims", 1),
      provision_(context_, storage),
      reclaim_(context_, storage),
      provisions_(context_.executor, context_.clock, "provisioning",
                  [this](Duration delay) { queue_.AddAfter(kEverything, delay); }),
      reclaims_(context_.executor, context_.clock, "reclaim",
                [this](Duration delay) { queue_.AddAfter(kEverything, delay); }) {
  FollowClaimsAndVolumes();
  caches_.classes.OnChange([this](const WatchEvent&) { queue_.Add(kEverything); });
  caches_.pods.OnChange([this](const WatchEvent& event) {
    const bool came = event.type == EventType::kAdded && !api::ClaimsOf(event.object.body()).empty();
    if (came || event.type == EventType::kDeleted) queue_.Add(kEverything);
  });
}

void Controller::FollowClaimsAndVolumes() {
  caches_.claims.OnChange([this](const WatchEvent& event) {
    if (event.type == EventType::kDeleted) {
      claims_.erase(event.object.key());
      patience_.ClaimWent(event.object.uid());
      provisions_.Forget(event.object.uid());
      said_.erase(event.object.uid());
    } else {
      auto claim = api::PersistentVolumeClaim::From(event.object);
      // Somebody decided what an order that failed has waited for.
      const bool decided = !event.old.empty() && DecisionOf(event.old) != DecisionOf(event.object);
      if (decided) provisions_.Forget(claim.meta.uid);
      const bool may_wait = !claim.storage_class && claim.volume_name.empty();
      if (event.type == EventType::kAdded && may_wait) patience_.ClaimCame(claim.meta.uid, context_.clock.Now());
      claims_.insert_or_assign(event.object.key(), std::move(claim));
    }
    queue_.Add(kEverything);
  });
  caches_.volumes.OnChange([this](const WatchEvent& event) {
    if (event.type == EventType::kDeleted) {
      volumes_.erase(event.object.key());
      reclaims_.Forget(event.object.name());
      said_.erase(event.object.uid());
    } else {
      auto volume = api::PersistentVolume::From(event.object);
      if (event.type == EventType::kAdded && volume.storage_class.empty()) patience_.VolumeCame();
      volumes_.insert_or_assign(event.object.key(), std::move(volume));
    }
    queue_.Add(kEverything);
  });
}

Task<void> Controller::Run() {
  co_await caches_.claims.WaitSynced();
  co_await caches_.volumes.WaitSynced();
  co_await caches_.classes.WaitSynced();
  co_await caches_.pods.WaitSynced();
  Spawn(context_.executor, "provisioning", provisions_.Run());
  Spawn(context_.executor, "reclaim", reclaims_.Run());
  WorkQueue::Handler handler = [this](std::string) { return Pass(); };
  co_await queue_.Run(std::move(handler));
}

Observed Controller::Observe() const {
  Observed seen;
  seen.now = context_.clock.Now();
  seen.busy = reclaims_.open();
  seen.patience = patience_.until();
  bool waits_for_pods = false;
  for (const auto& [key, claim] : claims_) {
    waits_for_pods = waits_for_pods || claim.meta.deleting() || claim.phase != "Bound";
    seen.claims.push_back(claim);
  }
  for (const auto& [key, volume] : volumes_) seen.volumes.push_back(volume);
  caches_.classes.ForEach("",
                          [&](const api::Object& object) { seen.classes.push_back(api::StorageClass::From(object)); });
  if (waits_for_pods) SeePods(seen);
  return seen;
}

void Controller::SeePods(Observed& seen) const {
  caches_.pods.ForEach("", [&](const api::Object& pod) {
    for (const std::string& name : api::ClaimsOf(pod.body())) {
      if (Holds(pod)) seen.in_use.insert({pod.ns(), name});
      if (!api::Ended(pod.body())) seen.consumed.insert({pod.ns(), name});
    }
  });
}

Task<Status> Controller::Pass() {
  Plan plan = MakePlan(Observe());
  for (const Saying& saying : plan.sayings) Say(saying);
  GiveOrders(plan);
  if (plan.look_again) queue_.AddAfter(kEverything, *plan.look_again);
  std::vector<Task<Status>> chains;
  for (Chain& chain : plan.chains) chains.push_back(Follow(std::move(chain)));
  co_return co_await Together(context_.executor, "claims", std::move(chains));
}

void Controller::GiveOrders(const Plan& plan) {
  for (const Provision& wanted : plan.provisions) {
    provisions_.Give(wanted.claim.meta.uid, [this, wanted] { return provision_.Carry(wanted); });
  }
  for (const api::PersistentVolume& volume : plan.reclaims) {
    reclaims_.Give(volume.meta.name,
                   [this, name = volume.meta.name, uid = volume.meta.uid] { return reclaim_.Carry(name, uid); });
  }
}

Task<Status> Controller::Follow(Chain chain) {
  for (const Edit& edit : chain) {
    CO_TRY(const bool confirmed, co_await Confirm(edit));
    if (!confirmed) co_return Status();
    CO_TRY(const bool applied, co_await EditIf(context_, edit.key, edit.uid, edit.change));
    // The view was old: what changed is on its way here as an event.
    if (!applied) co_return Status();
    Applied(edit);
  }
  co_return Status();
}

void Controller::Applied(const Edit& edit) {
  if (edit.type == EditType::kAssignClass) patience_.ClassAssigned(context_.clock.Now());
  if (edit.said) context_.recorder.Event(edit.said->about, edit.said->severity, edit.said->reason, edit.said->message);
}

Task<Result<bool>> Controller::Confirm(const Edit& edit) {
  if (edit.type == EditType::kReleaseVolume) {
    const auto claim = co_await context_.door.store().Get(edit.claim);
    if (claim.ok()) co_return claim->uid() != edit.claim_uid;
    if (claim.error().code == ErrorCode::kNotFound) co_return true;
    co_return claim.error();
  }
  if (edit.type == EditType::kUnprotectClaim) {
    store::ListOptions options;
    options.ns = edit.claim.ns;
    std::string kind = "Pod";
    CO_TRY(const store::ListResult pods, co_await context_.door.store().List(std::move(kind), std::move(options)));
    for (const api::Object& pod : pods.items) {
      if (!Holds(pod)) continue;
      for (const std::string& name : api::ClaimsOf(pod.body())) {
        if (name == edit.claim.name) co_return false;
      }
    }
  }
  co_return true;
}

void Controller::Say(const Saying& saying) {
  std::string& last = said_[saying.about.uid()];
  if (last == saying.reason) return;
  last = saying.reason;
  context_.recorder.Event(saying.about, saying.severity, saying.reason, saying.message);
}

}  // namespace ordinal::controllers::claims
