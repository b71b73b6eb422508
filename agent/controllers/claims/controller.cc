#include "agent/controllers/claims/controller.h"

#include <utility>

#include "agent/api/kinds/pod/claims.h"
#include "agent/base/caught.h"
#include "agent/base/loops.h"
#include "agent/base/together.h"
#include "agent/controllers/key.h"
#include "agent/controllers/owner_writes.h"

namespace ordinal::controllers::claims {
namespace {

using api::ObjectKey;
using objects::Change;

// Keys of the queue: everything that was noted, or one claim or volume that was put off.
constexpr const char* kChanged = "changed";
constexpr char kClaimMark = 'c', kVolumeMark = 'v';

// Somebody else came first to what was planned. What he changed is told here; whom it was planned for is not.
constexpr Duration kOvertaken = std::chrono::milliseconds(100);

/// Everything that the edits are about.
Changed About(const Chain& chain) {
  Changed about;
  for (const Edit& edit : chain) {
    if (edit.key.kind == "PersistentVolume") {
      about.volumes.insert(edit.key.name);
    } else {
      about.claims.insert({edit.key.ns, edit.key.name});
    }
  }
  return about;
}

std::string LaterKey(const ClaimName& claim) { return kClaimMark + QueueKey(claim.first, claim.second); }
std::string LaterKey(const std::string& volume) { return kVolumeMark + volume; }

Changed FromLaterKey(const std::string& key) {
  const std::string name = key.substr(1);
  if (key.front() == kVolumeMark) return {{}, {name}};
  return {{SplitQueueKey(name)}, {}};
}

std::string DecisionOf(const api::PersistentVolumeClaim& claim) {
  const auto decision = claim.meta.annotations.find(kDirectory);
  return decision == claim.meta.annotations.end() ? std::string() : decision->second;
}

}  // namespace

Controller::Controller(Context context, objects::Caches& caches, Storage& storage)
    : context_(std::move(context)),
      claims_(caches.Of<Claim>()),
      volumes_(caches.Of<Volume>()),
      classes_(caches.Of<api::StorageClass>()),
      pods_(caches.Of<api::Pod>()),
      connected_(caches),
      queue_(context_.executor, context_.clock, "claims", 1),
      provision_(context_, volumes_, storage),
      reclaim_(context_, volumes_, storage),
      provisions_(context_.executor, context_.clock, "provisioning",
                  [this](const std::string& uid, Duration delay) {
                    LookAfter({connected_.ClaimWithUid(uid), {}}, delay);
                  }),
      reclaims_(context_.executor, context_.clock, "reclaim", [this](const std::string& volume, Duration delay) {
        LookAfter({{}, {volume}}, delay);
      }) {
  claims_.OnChange([this](const Change<Claim>& change) { OnClaim(change); });
  volumes_.OnChange([this](const Change<Volume>& change) { OnVolume(change); });
  classes_.OnChange(
      [this](const Change<api::StorageClass>& change) { Note(connected_.ClaimsOfClass(change.last()->meta.name)); });
  pods_.OnChange([this](const Change<api::Pod>& change) {
    if (change.added() || change.deleted()) OnPod(*change.last());
  });
}

void Controller::Note(const Changed& changed) {
  if (changed.empty()) return;
  changed_.Add(changed);
  queue_.Add(kChanged);
}

void Controller::Note(std::set<ClaimName> claims) { Note(Changed{std::move(claims), {}}); }

void Controller::LookAfter(const Changed& changed, Duration delay) {
  if (delay <= Duration::zero()) return Note(changed);
  for (const ClaimName& claim : changed.claims) queue_.AddAfter(LaterKey(claim), delay);
  for (const std::string& volume : changed.volumes) queue_.AddAfter(LaterKey(volume), delay);
}

void Controller::OnClaim(const Change<Claim>& change) {
  const Claim& claim = *change.last();
  const std::string& uid = claim.meta.uid;
  if (change.deleted()) {
    patience_.ClaimWent(uid);
    provisions_.Forget(uid);
    said_.erase(uid);
  }
  // Somebody decided what an order that failed has waited for.
  if (change.old && change.now && DecisionOf(*change.old) != DecisionOf(claim)) provisions_.Forget(uid);
  if (change.added() && !claim.storage_class && claim.volume_name.empty()) {
    patience_.ClaimCame(uid, context_.clock.Now());
  }
  Changed changed{{{claim.meta.ns, claim.meta.name}}, {}};
  if (change.old && !change.old->volume_name.empty()) changed.volumes.insert(change.old->volume_name);
  Note(changed);
}

void Controller::OnVolume(const Change<Volume>& change) {
  const Volume& volume = *change.last();
  if (change.deleted()) {
    reclaims_.Forget(volume.meta.name);
    said_.erase(volume.meta.uid);
  }
  if (change.added() && volume.storage_class.empty()) patience_.VolumeCame();
  Changed changed{{}, {volume.meta.name}};
  if (change.old && !change.old->claim_name.empty()) {
    changed.claims.insert({change.old->claim_ns, change.old->claim_name});
  }
  Note(changed);
}

void Controller::OnPod(const api::Pod& pod) {
  std::set<ClaimName> named;
  for (const std::string& claim : api::ClaimsOf(pod.object.body())) named.insert({pod.meta.ns, claim});
  Note(std::move(named));
}

Task<void> Controller::Run() {
  co_await claims_.WaitSynced();
  co_await volumes_.WaitSynced();
  co_await classes_.WaitSynced();
  co_await pods_.WaitSynced();
  if (!std::exchange(ordering_, true)) {
    SpawnLoop(context_.executor, context_.clock, "provisioning", [this] { return provisions_.Run(); });
    SpawnLoop(context_.executor, context_.clock, "reclaim", [this] { return reclaims_.Run(); });
  }
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Observed Controller::Observe(const Changed& changed) const {
  Observed seen;
  seen.now = context_.clock.Now();
  connected_.Gather(changed, seen);
  for (const Volume& volume : seen.volumes) {
    if (reclaims_.open().contains(volume.meta.name)) seen.busy.insert(volume.meta.name);
  }
  for (const Claim& claim : seen.claims) {
    if (const auto until = patience_.Until(claim.meta.uid)) seen.patience[claim.meta.uid] = *until;
  }
  classes_.ForEach("", [&](const api::Ref<api::StorageClass>& each) { seen.classes.push_back(each); });
  return seen;
}

Task<Status> Controller::Sync(std::string key) {
  if (key != kChanged) {
    const Changed put_off = FromLaterKey(key);
    co_return co_await Pass(put_off);
  }
  const Changed changed = std::exchange(changed_, {});
  const Status done = co_await Caught(Pass(changed));
  if (!done.ok()) changed_.Add(changed);  // the queue comes back to them
  co_return done;
}

Task<Status> Controller::Pass(const Changed& changed) {
  Plan plan = MakePlan(Observe(changed));
  for (const events::Event& saying : plan.sayings) Say(saying);
  GiveOrders(plan);
  for (const auto& [claim, after] : plan.look_again) LookAfter({{claim}, {}}, after);
  std::vector<Task<Status>> chains;
  for (Chain& chain : plan.chains) chains.push_back(Follow(std::move(chain)));
  co_return co_await Together(context_.executor, "claims", std::move(chains));
}

void Controller::GiveOrders(const Plan& plan) {
  for (const Provision& wanted : plan.provisions) {
    provisions_.Give(wanted.claim.meta.uid, [this, wanted] { return provision_.Carry(wanted); });
  }
  for (const Volume& volume : plan.reclaims) {
    reclaims_.Give(volume.meta.name,
                   [this, name = volume.meta.name, uid = volume.meta.uid] { return reclaim_.Carry(name, uid); });
  }
}

Task<Status> Controller::Follow(Chain chain) {
  for (const Edit& edit : chain) {
    CO_TRY(const bool confirmed, co_await Confirm(edit));
    bool applied = false;
    if (confirmed) {
      CO_TRY(const bool edited, co_await EditIf(context_, edit.key, edit.uid, edit.change));
      applied = edited;
    }
    if (!applied) {
      LookAfter(About(chain), kOvertaken);
      co_return Status();
    }
    Applied(edit);
  }
  co_return Status();
}

void Controller::Applied(const Edit& edit) {
  if (edit.type == EditType::kAssignClass) patience_.ClassAssigned(context_.clock.Now());
  if (edit.said) context_.recorder.Record(*edit.said);
}

Task<Result<bool>> Controller::Confirm(const Edit& edit) {
  if (edit.type == EditType::kReleaseVolume) {
    const auto claim = co_await context_.client.Get(edit.claim);
    if (claim.ok()) co_return claim->uid() != edit.claim_uid;
    if (claim.error().code == ErrorCode::kNotFound) co_return true;
    co_return claim.error();
  }
  if (edit.type == EditType::kUnprotectClaim) {
    store::ListOptions options;
    options.ns = edit.claim.ns;
    std::string kind = "Pod";
    CO_TRY(const store::ListResult pods, co_await context_.client.List(std::move(kind), std::move(options)));
    for (const api::Object& pod : pods.items) {
      if (api::NamesClaim(pod, edit.claim.name) && !api::NodeOf(pod.body()).empty()) co_return false;
    }
  }
  co_return true;
}

void Controller::Say(const events::Event& saying) {
  std::string& last = said_[saying.about.uid()];
  if (last == saying.reason) return;
  last = saying.reason;
  context_.recorder.Record(saying);
}

}  // namespace ordinal::controllers::claims
