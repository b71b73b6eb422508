#include "agent/controllers/autoscaling/controller.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/api/custom/definition.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/controllers/owner_writes.h"

namespace ordinal::controllers::autoscaling {
namespace {

using api::HorizontalPodAutoscaler;
using objects::Change;

// One after the other: they ask for the same figures.
constexpr size_t kWorkers = 1;

bool SameSpec(const HorizontalPodAutoscaler& a, const HorizontalPodAutoscaler& b) {
  return a.meta.uid == b.meta.uid && api::Member(a.object.body(), "spec") == api::Member(b.object.body(), "spec");
}

/// Any version of the group means the kind.
const api::KindInfo* TargetKind(const HorizontalPodAutoscaler& scaler) {
  const size_t slash = scaler.target_version.find('/');
  const std::string group = slash == std::string::npos ? "" : scaler.target_version.substr(0, slash);
  const auto kinds = api::AllKinds();
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const api::KindInfo* kind) {
    return kind->kind == scaler.target_kind && kind->group == group;
  });
  return found == kinds.end() ? nullptr : *found;
}

Result<const api::KindInfo*> ScalableKind(const HorizontalPodAutoscaler& scaler) {
  const api::KindInfo* kind = TargetKind(scaler);
  if (kind == nullptr) {
    return MakeError(ErrorCode::kNotFound, fmt::format("no matches for kind \"{}\" in version \"{}\"",
                                                       scaler.target_kind, scaler.target_version));
  }
  if (!api::HasScale(*kind, scaler.target_version)) {
    return MakeError(ErrorCode::kNotFound, fmt::format("{} has no subresource scale", scaler.target_kind));
  }
  return kind;
}

}  // namespace

Controller::Controller(Context context, objects::Caches& caches, PodMetrics metrics, Duration period)
    : context_(std::move(context)),
      scalers_(caches.Of<HorizontalPodAutoscaler>()),
      pods_(caches.Of<api::Pod>()),
      pods_by_label_(objects::ByLabel(pods_)),
      figures_(context_.clock, std::move(metrics)),
      period_(period),
      queue_(context_.executor, context_.clock, "autoscaling", kWorkers) {
  scalers_.OnChange([this](const Change<HorizontalPodAutoscaler>& change) {
    if (change.old && change.now && SameSpec(*change.old, *change.now)) return;
    queue_.Add(QueueKey(change.last()->object));
  });
  queue_.OnException(SayFailedPass(context_.recorder, scalers_));
}

Task<void> Controller::Run() {
  co_await scalers_.WaitSynced();
  co_await pods_.WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const api::Ref<HorizontalPodAutoscaler> scaler = scalers_.Find(ns, name);
  if (!scaler || scaler->meta.deleting()) {
    Forget(key);
    co_return Status();
  }
  queue_.AddAfter(key, period_);
  std::optional<Observed> found = co_await Observe(key, scaler);
  if (!found) co_return Status();
  Observed& seen = *found;
  seen.now = context_.clock.Now();
  seen.steady = context_.clock.Steady();
  Memory& memory = memory_[key];
  if (memory.uid != seen.scaler.meta.uid) memory = Memory{seen.scaler.meta.uid};
  Plan plan = MakePlan(seen, memory);
  if (plan.resize) {
    const Status resized = co_await Resize(seen, plan);
    Settle(seen, resized, plan);
    if (resized.ok()) Remember(seen.scaler, plan.from, *plan.resize, context_.clock.Steady(), memory_[key]);
  }
  const api::Object object = seen.scaler.object;
  for (Saying& saying : plan.says) {
    context_.recorder.Record({object, saying.severity, std::move(saying.reason), std::move(saying.message)});
  }
  co_return co_await WriteStatus(context_, object, std::move(plan.status));
}

void Controller::Forget(const std::string& key) {
  memory_.erase(key);
  targets_.erase(key);
  if (memory_.empty()) figures_.Forget();
}

Task<std::optional<Observed>> Controller::Observe(std::string key, api::Ref<HorizontalPodAutoscaler> scaler) {
  Observed seen;
  seen.scaler = *scaler;
  seen.scale = co_await ReadTarget(*scaler);
  SeePods(key, seen);
  if (NeedsFigures(seen)) seen.items = co_await figures_.Of(seen.pods);
  // Both may take a second: what is scaled, and what is said of whom, is of the autoscaler as it is now.
  const api::Ref<HorizontalPodAutoscaler> now = scalers_.Find(scaler->meta.ns, scaler->meta.name);
  if (!now || now->meta.deleting() || !SameSpec(*scaler, *now)) {
    queue_.Add(key);
    co_return std::nullopt;
  }
  seen.scaler = *now;
  co_return seen;
}

Task<Result<api::Scale>> Controller::ReadTarget(const HorizontalPodAutoscaler& scaler) {
  CO_TRY(const api::KindInfo* kind, ScalableKind(scaler));
  const auto held = api::custom::HoldOf(*kind);
  api::ObjectKey key{std::string(api::KeyOf(*kind)), scaler.meta.ns, scaler.target_name};
  const auto found = co_await context_.client.Get(std::move(key));
  if (!found.ok()) {
    co_return MakeError(found.error().code, fmt::format("{}.{} \"{}\": {}", kind->plural, kind->group,
                                                        scaler.target_name, found.error().message));
  }
  co_return api::ReadScale(*kind, scaler.target_version, found->body());
}

void Controller::SeePods(const std::string& key, Observed& seen) {
  targets_.erase(key);
  if (!seen.scale.ok() || seen.scale->selector.empty()) return;
  const Result<api::Selector> selector = api::Selector::Parse(seen.scale->selector);
  if (!selector.ok()) return;
  const std::string& ns = seen.scaler.meta.ns;
  targets_[key] = Target{ns, *selector};
  const auto add = [&](const api::Ref<api::Pod>& pod) {
    if (selector->Matches(pod->meta.labels)) seen.pods.push_back(pod);
  };
  const std::string anchor = objects::AnchorOf(ns, *selector);
  if (anchor == ns + "/") {
    pods_.ForEach(ns, add);
  } else {
    pods_by_label_.ForEach(anchor, add);
  }
  for (const auto& [other, target] : targets_) {
    if (other == key || target.ns != ns) continue;
    const bool shares = std::any_of(seen.pods.begin(), seen.pods.end(), [&target = target](const api::Pod& pod) {
      return target.selector.Matches(pod.meta.labels);
    });
    if (shares) seen.rivals.push_back(other);
  }
}

Task<Status> Controller::Resize(const Observed& seen, const Plan& plan) {
  CO_TRY(const api::KindInfo* kind, ScalableKind(seen.scaler));
  const auto held = api::custom::HoldOf(*kind);
  api::ObjectKey key{std::string(api::KeyOf(*kind)), seen.scaler.meta.ns, seen.scaler.target_name};
  objects::Objects::Edit edit = [kind, version = seen.scaler.target_version, from = plan.from,
                                 to = *plan.resize](const api::Object& current) -> Result<api::Json> {
    if (api::ReadScale(*kind, version, current.body()).wanted != from) {
      return MakeError(ErrorCode::kConflict, api::ToString(current.key()) + " was scaled by somebody else meanwhile");
    }
    api::Json next = current.body();
    TRYV(api::WriteScale(*kind, version, to, next));
    return next;
  };
  objects::WriteOptions options;
  options.part = objects::WriteOptions::Part::kSpec;
  const auto written = co_await context_.client.Change(std::move(key), std::move(edit), std::move(options));
  co_return StatusOf(written);
}

}  // namespace ordinal::controllers::autoscaling
