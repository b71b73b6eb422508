#include "agent/controllers/claims/controller.h"

#include <utility>

#include "agent/api/pod.h"
#include "agent/base/together.h"
#include "agent/controllers/pod_claims.h"

namespace ordinal::controllers::claims {
namespace {

using api::ObjectKey;
using store::EventType;
using store::WatchEvent;

constexpr const char* kEverything = "all";  // one key: which claim gets a volume depends on all others

}  // namespace

Controller::Controller(Context context, Caches caches)
    : context_(std::move(context)), caches_(caches), queue_(context_.executor, context_.clock, "claims", 1) {
  caches_.claims.OnChange([this](const WatchEvent& event) {
    if (event.type == EventType::kDeleted) {
      claims_.erase(event.object.key());
      said_.erase(event.object.uid());
    } else {
      claims_.insert_or_assign(event.object.key(), api::PersistentVolumeClaim::From(event.object));
    }
    queue_.Add(kEverything);
  });
  caches_.volumes.OnChange([this](const WatchEvent& event) {
    if (event.type == EventType::kDeleted) {
      volumes_.erase(event.object.key());
      said_.erase(event.object.uid());
    } else {
      volumes_.insert_or_assign(event.object.key(), api::PersistentVolume::From(event.object));
    }
    queue_.Add(kEverything);
  });
  caches_.pods.OnChange([this](const WatchEvent& event) {
    if (event.type == EventType::kDeleted) queue_.Add(kEverything);
  });
}

Task<void> Controller::Run() {
  co_await caches_.claims.WaitSynced();
  co_await caches_.volumes.WaitSynced();
  co_await caches_.pods.WaitSynced();
  WorkQueue::Handler handler = [this](std::string) { return Pass(); };
  co_await queue_.Run(std::move(handler));
}

Observed Controller::Observe() const {
  Observed seen;
  seen.now = context_.clock.Now();
  bool leaving = false;
  for (const auto& [key, claim] : claims_) {
    leaving = leaving || claim.meta.deleting();
    seen.claims.push_back(claim);
  }
  for (const auto& [key, volume] : volumes_) seen.volumes.push_back(volume);
  if (!leaving) return seen;
  caches_.pods.ForEach("", [&](const api::Object& pod) {
    for (const std::string& name : ClaimsOf(pod.body())) seen.in_use.insert({pod.ns(), name});
  });
  return seen;
}

Task<Status> Controller::Pass() {
  Plan plan = MakePlan(Observe());
  for (const Saying& saying : plan.sayings) Say(saying);
  std::vector<Task<Status>> chains;
  for (Chain& chain : plan.chains) chains.push_back(Follow(std::move(chain)));
  co_return co_await Together(context_.executor, "claims", std::move(chains));
}

Task<Status> Controller::Follow(Chain chain) {
  for (const Edit& edit : chain) {
    CO_TRY(const bool confirmed, co_await Confirm(edit));
    if (!confirmed) co_return Status();
    bool applied = false;
    std::function<bool(api::Json&)> change = [&edit, &applied](api::Json& body) {
      applied = api::ReadString(api::Member(body, "metadata"), "uid") == edit.uid && edit.change(body);
      return applied;
    };
    const auto written = co_await context_.door.Modify(edit.key, std::move(change));
    if (!written.ok() && written.error().code == ErrorCode::kNotFound) co_return Status();
    if (!written.ok()) co_return written.error();
    // The view was old: what changed is on its way here as an event.
    if (!applied) co_return Status();
  }
  co_return Status();
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
      for (const std::string& name : ClaimsOf(pod.body())) {
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
