#include "agent/controllers/job/controller.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/api/kinds/job/labels.h"
#include "agent/base/loops.h"
#include "agent/base/together.h"
#include "agent/controllers/failed_pass.h"
#include "agent/controllers/job/pod_of_job.h"
#include "agent/controllers/job/pods.h"
#include "agent/controllers/key.h"
#include "agent/controllers/own.h"
#include "agent/controllers/pod_capacity.h"
#include "agent/controllers/replicaset/plan.h"

namespace ordinal::controllers::job {
namespace {

using api::Job;
using api::Json;
using api::ObjectKey;
using api::Pod;
using objects::Change;

const std::string& ControllerOf(const Pod& pod) {
  static const std::string kNobody;
  const api::OwnerReference* owner = pod.meta.Controller();
  return owner == nullptr ? kNobody : owner->uid;
}

int64_t Restarts(const Pod& pod) {
  int64_t restarts = 0;
  for (const auto* statuses : {&pod.status.init_container_statuses, &pod.status.container_statuses}) {
    for (const api::ContainerStatus& status : *statuses) restarts += status.restart_count;
  }
  return restarts;
}

/// Nothing changed that a job reads of a pod.
bool SameForJobs(const Pod& a, const Pod& b) {
  return a.meta.uid == b.meta.uid && a.meta.labels == b.meta.labels && a.meta.finalizers == b.meta.finalizers &&
         a.deleting() == b.deleting() && a.status.phase == b.status.phase && a.Ready() == b.Ready() &&
         a.spec.node_name == b.spec.node_name && ControllerOf(a) == ControllerOf(b) && Restarts(a) == Restarts(b);
}

}  // namespace

Controller::Controller(Context context, objects::Caches& caches)
    : context_(std::move(context)),
      jobs_(caches.Of<Job>()),
      pods_(caches.Of<Pod>()),
      nodes_(caches.Of<api::Node>()),
      pods_by_controller_(objects::ByController(pods_)),
      queue_(context_.executor, context_.clock, "job"),
      orphans_(context_.executor, context_.clock, "job orphans") {
  objects::BySelector(jobs_);
  jobs_.OnChange([this](const Change<Job>& change) { OnJob(change); });
  pods_.OnChange([this](const Change<Pod>& change) { OnPod(change); });
  OnPodCapacity(nodes_, context_.node_name,
                [this] { jobs_.ForEach("", [this](const Job& job) { queue_.Add(QueueKey(job.object)); }); });
  queue_.OnException(SayFailedPass(context_.recorder, jobs_));
  orphans_.OnException(SayFailedPass(context_.recorder, pods_));
}

void Controller::OnJob(const Change<Job>& change) {
  const Job& job = *change.last();
  queue_.Add(QueueKey(job.object));
  if (!change.deleted()) return;
  pods_by_controller_.ForEach(job.meta.uid, [this](const Pod& pod) { orphans_.Add(QueueKey(pod.object)); });
}

void Controller::OnPod(const Change<Pod>& change) {
  if (change.old && change.now && SameForJobs(*change.old, *change.now)) return;
  const auto look_at_owner = [this](const api::Meta& pod) {
    const auto* owner = pod.Controller();
    if (owner == nullptr || owner->kind != Job::kKind) return false;
    queue_.Add(QueueKey(pod.ns, owner->name));
    const api::Ref<Job> job = jobs_.Find(pod.ns, owner->name);
    return job && job->meta.uid == owner->uid;
  };
  const Pod& pod = *change.last();
  const bool owned = look_at_owner(pod.meta);
  if (change.old) look_at_owner(change.old->meta);
  if (change.deleted()) return;
  if (Tracked(pod) && !owned) orphans_.Add(QueueKey(pod.object));
  if (pod.meta.Controller() != nullptr || pod.deleting()) return;
  objects::ForEachSelecting(objects::BySelector(jobs_), pod.meta.ns, pod.meta.labels,
                            [this](const Job& job) { queue_.Add(QueueKey(job.object)); });
}

Task<void> Controller::Run() {
  co_await jobs_.WaitSynced();
  co_await pods_.WaitSynced();
  co_await nodes_.WaitSynced();
  if (!std::exchange(letting_go_, true)) {
    SpawnLoop(context_.executor, context_.clock, "job orphans",
              [this] { return orphans_.Run([this](std::string key) { return LetGo(std::move(key)); }); });
  }
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const api::Ref<Job> job = jobs_.Find(ns, name);
  if (!job) {
    backoffs_.erase(key);
    co_return Status();
  }
  const bool others = !job->managed_by.empty() && job->managed_by != api::kJobController;
  if (others && job->Finished() == nullptr) co_return Status();
  CO_TRY(const Observed seen, co_await Observe(key, *job));
  Plan plan = MakePlan(seen);
  if (plan.look_again) queue_.AddAfter(key, *plan.look_again);
  co_return co_await Execute(key, seen, std::move(plan));
}

Task<Result<Observed>> Controller::Observe(const std::string& key, const Job& job) {
  Observed seen;
  if (job.Finished() != nullptr) {
    seen.pods = pods_by_controller_.All(job.meta.uid);
  } else {
    CO_TRY(api::Refs<Pod> own, co_await OwnOf(context_, pods_by_controller_, job.object, job.meta, job.selector,
                                              std::string(api::kJobTracking)));
    seen.pods = std::move(own);
  }
  seen.job = job;
  seen.now = context_.clock.Now();
  const auto known = backoffs_.find(key);
  if (known != backoffs_.end()) seen.backoff = known->second;
  seen.pod_capacity = PodCapacityOf(nodes_.Find("", context_.node_name).get());
  co_return seen;
}

Task<Status> Controller::Execute(const std::string& key, const Observed& seen, Plan plan) {
  const Job& job = seen.job;
  if (plan.remove_job) co_return co_await RemoveJob(job);
  CO_TRYV(co_await Each(job, std::move(plan.end), &Controller::DeletePod));
  CO_TRYV(co_await Each(job, std::move(plan.drop), &Controller::DropPod));
  CO_TRYV(co_await Each(job, std::move(plan.track), &Controller::Track));
  const auto wanted = static_cast<int64_t>(plan.create.size());
  int64_t created = 0;
  const Status made = co_await CreatePods(job, plan.create, created);
  if (const int64_t active = api::ReadInt(plan.status, "active") - (wanted - created); active > 0) {
    plan.status["active"] = active;
  } else {
    plan.status.erase("active");
  }
  CO_TRYV(co_await WriteStatus(context_, job.object, std::move(plan.status)));
  backoffs_[key] = plan.backoff;
  for (const Saying& saying : plan.says) {
    const auto severity = saying.warning ? events::Severity::kWarning : events::Severity::kNormal;
    context_.recorder.Record({job.object, severity, saying.reason, saying.message});
  }
  CO_TRYV(co_await Each(job, std::move(plan.release), &Controller::Release));
  CO_TRYV(co_await Each(job, std::move(plan.collect), &Controller::DeletePod));
  co_return made;
}

Task<Status> Controller::Each(const Job& job, std::vector<PodName> pods,
                              Task<Status> (Controller::*step)(const Job&, PodName)) {
  std::vector<Task<Status>> steps;
  for (PodName& pod : pods) steps.push_back((this->*step)(job, std::move(pod)));
  if (steps.empty()) co_return Status();
  co_return co_await Together(context_.executor, "job pods", std::move(steps));
}

/// A batch in which one creation fails is the last.
Task<Status> Controller::CreatePods(const Job& job, const std::vector<NewPod>& pods, int64_t& created) {
  auto next = pods.begin();
  for (const int64_t size : replicaset::Batches(static_cast<int64_t>(pods.size()))) {
    std::vector<Task<Status>> batch;
    for (int64_t i = 0; i < size; ++i) batch.push_back(CreatePod(job, *next++));
    CO_TRYV(co_await Together(context_.executor, "job pods", std::move(batch)));
    created += size;
  }
  co_return Status();
}

Task<Status> Controller::CreatePod(const Job& job, NewPod pod) {
  const auto created = co_await context_.client.Create(PodOf(job, pod));
  if (!created.ok()) {
    SayFailedCreate(context_.recorder, job.object, "Error creating: ", created.error());
    co_return created.error();
  }
  context_.recorder.Record({job.object, events::Severity::kNormal, "SuccessfulCreate",
                            fmt::format("Created pod: {}", created->object.name())});
  co_return Status();
}

Task<Status> Controller::DeletePod(const Job& job, PodName pod) {
  ObjectKey key{"Pod", job.meta.ns, pod.name};
  objects::DeleteOptions options;
  options.preconditions.uid = pod.uid;
  const auto deleted = co_await context_.client.Delete(std::move(key), std::move(options));
  if (deleted.ok()) {
    context_.recorder.Record(
        {job.object, events::Severity::kNormal, "SuccessfulDelete", fmt::format("Deleted pod: {}", pod.name)});
    co_return Status();
  }
  Status settled = Settled(deleted.error());
  if (!settled.ok()) {
    context_.recorder.Record({job.object, events::Severity::kWarning, "FailedDelete",
                              fmt::format("Error deleting: {}", settled.error().message)});
  }
  co_return settled;
}

Task<Status> Controller::DropPod(const Job& job, PodName pod) {
  ObjectKey key{"Pod", job.meta.ns, pod.name};
  bool over = false;
  std::function<bool(Json&)> change = [&over](Json& body) {
    const bool tracked = Tracked(Pod::From(api::Object(body)));
    over = !ReleaseUnlessOver(body);
    return tracked && !over;
  };
  const auto released = co_await EditIf(context_, std::move(key), pod.uid, std::move(change));
  CO_TRYV(Settled(StatusOf(released)));
  if (over) co_return Status();  // it counts
  co_return co_await DeletePod(job, std::move(pod));
}

Task<Status> Controller::Track(const Job& job, PodName pod) {
  ObjectKey key{"Pod", job.meta.ns, pod.name};
  std::function<bool(Json&)> change = [](Json& body) {
    if (api::Deleting(body)) return false;
    body["metadata"]["finalizers"].push_back(api::kJobTracking);
    return true;
  };
  co_return StatusOf(co_await EditIf(context_, std::move(key), pod.uid, std::move(change)));
}

Task<Status> Controller::Release(const Job& job, PodName pod) {
  ObjectKey key{"Pod", job.meta.ns, pod.name};
  co_return co_await DropFinalizer(context_, std::move(key), pod.uid, api::kJobTracking);
}

/// ttlSecondsAfterFinished: with all it owns.
Task<Status> Controller::RemoveJob(const Job& job) {
  objects::DeleteOptions options;
  options.propagation = objects::Propagation::kForeground;
  options.preconditions.uid = job.meta.uid;
  // A longer time that somebody wrote meanwhile is another revision.
  options.preconditions.revision = job.object.revision();
  const auto deleted = co_await context_.client.Delete(job.object.key(), std::move(options));
  co_return Settled(StatusOf(deleted));
}

Task<Status> Controller::LetGo(std::string pod) {
  const auto [ns, name] = SplitQueueKey(pod);
  const api::Ref<Pod> found = pods_.Find(ns, name);
  if (!found || !Tracked(*found)) co_return Status();
  const api::OwnerReference* owner = found->meta.Controller();
  if (owner != nullptr && owner->kind == Job::kKind) {
    ObjectKey key{Job::kKind, ns, owner->name};
    const std::string uid = owner->uid;
    // Read afresh: what a pod did is lost to a job that is there after all.
    const auto job = co_await context_.client.Get(std::move(key));
    if (job.ok() && job->uid() == uid) co_return Status();
    if (!job.ok() && job.error().code != ErrorCode::kNotFound) co_return job.error();
  }
  co_return co_await DropFinalizer(context_, found->object.key(), found->meta.uid, api::kJobTracking);
}

}  // namespace ordinal::controllers::job
