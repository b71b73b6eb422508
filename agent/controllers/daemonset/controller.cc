#include "agent/controllers/daemonset/controller.h"

#include <fmt/format.h>

#include <utility>

#include "agent/controllers/daemonset/pod.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/controllers/own.h"

namespace ordinal::controllers::daemonset {
namespace {

using api::DaemonSet;
using api::ObjectKey;
using objects::Change;

/// A failure of the set as it is now.
std::string BackoffOf(const DaemonSet& set) { return fmt::format("{}/{}", set.meta.uid, set.meta.generation); }

template <class T>
const api::Meta& Before(const Change<T>& change) {
  return change.old ? change.old->meta : change.now->meta;
}

}  // namespace

Controller::Controller(Context context, objects::Caches& caches)
    : context_(std::move(context)),
      sets_(caches.Of<DaemonSet>()),
      pods_(caches.Of<api::Pod>()),
      nodes_(caches.Of<api::Node>()),
      pods_by_controller_(objects::ByController(pods_)),
      history_(context_, caches.Of<api::ControllerRevision>()),
      ready_times_(pods_, context_.clock, DaemonSet::kKind),
      queue_(context_.executor, context_.clock, "daemonset") {
  objects::BySelector(sets_);
  sets_.OnChange([this](const Change<DaemonSet>& change) { queue_.Add(QueueKey(change.last()->object)); });
  pods_.OnChange([this](const Change<api::Pod>& change) {
    OnFreed(FreedPorts(change));
    OnDependent(Before(change), change.last()->meta, change.deleted());
  });
  history_.OnChange([this](const Change<api::ControllerRevision>& change) {
    if (!change.added()) OnDependent(Before(change), change.last()->meta, change.deleted());
  });
  nodes_.OnChange([this](const Change<api::Node>& change) { OnNode(change); });
  queue_.OnException(SayFailedPass(context_.recorder, sets_));
}

/// What was refused one of these ports need not wait any longer.
void Controller::OnFreed(const HostPorts& freed) {
  if (freed.empty()) return;
  sets_.ForEach("", [&](const DaemonSet& set) {
    bool waits = false;
    pods_by_controller_.ForEach(
        set.meta.uid, [&](const api::Ref<api::Pod>& pod) { waits = waits || AnyCollides(RefusedPorts(*pod), freed); });
    if (!waits) return;
    backoff_.Forget(QueueKey(set.object));
    queue_.Add(QueueKey(set.object));
  });
}

void Controller::OnDependent(const api::Meta& before, const api::Meta& now, bool deleted) {
  if (sets_.size() == 0) return;
  for (const api::Meta* meta : {&before, &now}) {
    const api::OwnerReference* owner = meta->Controller();
    if (owner != nullptr && owner->kind == DaemonSet::kKind) queue_.Add(QueueKey(meta->ns, owner->name));
  }
  if (now.Controller() != nullptr || now.deleting() || deleted) return;
  objects::ForEachSelecting(objects::BySelector(sets_), now.ns, now.labels,
                            [this](const DaemonSet& set) { queue_.Add(QueueKey(set.object)); });
}

/// What counts of a node are its labels and taints.
void Controller::OnNode(const Change<api::Node>& change) {
  if (change.last()->meta.name != context_.node_name) return;
  const bool same = change.old && change.now && change.old->meta.labels == change.now->meta.labels &&
                    change.old->taints == change.now->taints && change.old->unschedulable == change.now->unschedulable;
  if (same) return;
  sets_.ForEach("", [this](const DaemonSet& set) { queue_.Add(QueueKey(set.object)); });
}

Task<void> Controller::Run() {
  co_await sets_.WaitSynced();
  co_await pods_.WaitSynced();
  co_await nodes_.WaitSynced();
  co_await history_.WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const api::Ref<DaemonSet> set = sets_.Find(ns, name);
  if (!set) {
    backoff_.Forget(key);
    co_return Status();
  }
  if (set->meta.deleting()) co_return Status();
  CO_TRY(const Observed seen, co_await Observe(key, *set));
  Plan plan = MakePlan(seen);
  if (plan.look_again) queue_.AddAfter(key, *plan.look_again);
  co_return co_await Execute(std::move(key), seen, std::move(plan));
}

Task<Result<Observed>> Controller::Observe(const std::string& key, const DaemonSet& set) {
  Observed seen;
  CO_TRY(api::Refs<api::Pod> pods, co_await OwnOf(context_, pods_by_controller_, set.object, set.meta, set.selector));
  TemplateOwner owner = TemplateOwnerOf(set, kRevisionLabel);
  CO_TRY(RevisionRefs revisions, co_await history_.Read(std::move(owner)));
  seen.pods = std::move(pods);
  seen.revisions = std::move(revisions);
  seen.set = set;
  seen.now = context_.clock.Now();
  if (set.min_ready_seconds > 0) seen.ready_since = ready_times_.Of(seen.pods);
  seen.node_name = context_.node_name;
  if (const api::Ref<api::Node> node = nodes_.Find("", context_.node_name)) {
    seen.node = placement::NodeView::From(*node);
  }
  seen.failed_wait = backoff_.Left(key, BackoffOf(set), context_.clock.Steady());
  co_return seen;
}

Task<Status> Controller::Execute(std::string key, const Observed& seen, Plan plan) {
  TemplateOwner owner = TemplateOwnerOf(seen.set, kRevisionLabel);
  CO_TRYV(
      co_await history_.Apply(std::move(owner), std::move(plan.revision.create), std::move(plan.revision.renumber)));
  Status done;
  if (plan.create) done = co_await CreatePod(seen.set, plan.revision.hash);
  bool removed_failed = false;
  for (DeletePod& pod : plan.remove) {
    const bool failed = pod.failed;
    const Result<bool> removed = co_await RemovePod(seen.set, std::move(pod));
    removed_failed = removed_failed || (failed && removed.ok() && *removed);
    if (done.ok()) done = StatusOf(removed);
  }
  if (removed_failed) backoff_.Deleted(key, BackoffOf(seen.set), context_.clock.Steady());
  const Status dropped = co_await history_.Remove(seen.set.meta.ns, std::move(plan.surplus));
  if (done.ok()) done = dropped;
  const Status written = co_await WriteStatus(context_, seen.set.object, std::move(plan.status));
  co_return done.ok() ? written : done;
}

Task<Status> Controller::CreatePod(const DaemonSet& set, std::string hash) {
  api::Json body = BuildPod(set, context_.node_name, hash);
  const auto created = co_await context_.client.Create(std::move(body));
  if (!created.ok()) {
    SayFailedCreate(context_.recorder, set.object, "Error creating: ", created.error());
    co_return created.error();
  }
  context_.recorder.Record({set.object, events::Severity::kNormal, "SuccessfulCreate",
                            fmt::format("Created pod: {}", created->object.name())});
  co_return Status();
}

Task<Result<bool>> Controller::RemovePod(const DaemonSet& set, DeletePod pod) {
  if (!pod.reason.empty()) {
    const auto severity = pod.failed ? events::Severity::kWarning : events::Severity::kNormal;
    context_.recorder.Record({set.object, severity, pod.reason, pod.message});
  }
  ObjectKey key{"Pod", set.meta.ns, pod.name};
  objects::DeleteOptions options;
  options.preconditions.uid = pod.uid;
  const auto deleted = co_await context_.client.Delete(std::move(key), std::move(options));
  if (deleted.ok()) {
    context_.recorder.Record(
        {set.object, events::Severity::kNormal, "SuccessfulDelete", fmt::format("Deleted pod: {}", pod.name)});
    co_return true;
  }
  const Status settled = Settled(deleted.error());
  if (settled.ok()) co_return false;
  context_.recorder.Record({set.object, events::Severity::kWarning, "FailedDelete",
                            fmt::format("Error deleting: {}", settled.error().message)});
  co_return settled.error();
}

}  // namespace ordinal::controllers::daemonset
