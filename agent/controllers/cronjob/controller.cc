#include "agent/controllers/cronjob/controller.h"

#include <utility>

#include "agent/controllers/failed_pass.h"
#include "agent/controllers/key.h"
#include "agent/controllers/owner_writes.h"

namespace ordinal::controllers::cronjob {

using api::CronJob;
using api::Job;
using api::Json;
using api::ObjectKey;
using objects::Change;

Controller::Controller(Context context, objects::Caches& caches)
    : context_(std::move(context)),
      crons_(caches.Of<CronJob>()),
      jobs_(caches.Of<Job>()),
      jobs_by_controller_(objects::ByController(jobs_)),
      queue_(context_.executor, context_.clock, "cronjob") {
  crons_.OnChange([this](const Change<CronJob>& change) { queue_.Add(QueueKey(change.last()->object)); });
  jobs_.OnChange([this](const Change<Job>& change) { OnJob(change); });
  queue_.OnException(SayFailedPass(context_.recorder, crons_));
}

/// Only that one comes, ends or goes.
void Controller::OnJob(const Change<Job>& change) {
  const bool same =
      change.old && change.now && (change.old->Finished() == nullptr) == (change.now->Finished() == nullptr);
  const api::OwnerReference* owner = change.last()->meta.Controller();
  if (!same && owner != nullptr && owner->kind == CronJob::kKind) {
    queue_.Add(QueueKey(change.last()->meta.ns, owner->name));
  }
}

Task<void> Controller::Run() {
  co_await crons_.WaitSynced();
  co_await jobs_.WaitSynced();
  WorkQueue::Handler handler = [this](std::string key) { return Sync(std::move(key)); };
  co_await queue_.Run(std::move(handler));
}

std::shared_ptr<const TimeZone> Controller::ZoneOf(const std::string& name) {
  const auto known = zones_.find(name);
  if (known != zones_.end()) return known->second;
  auto zone = TimeZone::Load(name);
  if (!zone.ok()) return nullptr;
  return zones_.emplace(name, *zone).first->second;
}

Observed Controller::Observe(const CronJob& cron) {
  Observed seen;
  seen.cron = cron;
  seen.now = context_.clock.Now();
  jobs_by_controller_.ForEach(cron.meta.uid, [&seen](const api::Ref<Job>& job) { seen.jobs.push_back(job); });
  if (const auto zone = ZoneOf(cron.time_zone)) {
    seen.offset_at = [zone](WallTime at) { return zone->OffsetAt(at); };
  }
  return seen;
}

Task<Status> Controller::Sync(std::string key) {
  const auto [ns, name] = SplitQueueKey(key);
  const api::Ref<CronJob> cron = crons_.Find(ns, name);
  if (!cron) {
    said_.erase(key);
    co_return Status();
  }
  const Observed seen = Observe(*cron);
  Plan plan = MakePlan(seen);
  if (plan.look_again) queue_.AddAfter(key, *plan.look_again);
  // Whatever becomes of the new job, the status is written and old jobs go.
  const Status started = co_await Start(*cron, plan);
  CO_TRYV(co_await WriteStatus(context_, cron->object, std::move(plan.status)));
  std::vector<Saying>& said = said_[key];
  for (const Saying& saying : NewOf(plan.says, said)) {
    const auto severity = saying.warning ? events::Severity::kWarning : events::Severity::kNormal;
    context_.recorder.Record({cron->object, severity, saying.reason, saying.message});
  }
  said = std::move(plan.says);
  for (JobName& job : plan.old) CO_TRYV(co_await RemoveJob(*cron, std::move(job), "SuccessfulDelete"));
  co_return started;
}

Task<Status> Controller::Start(const CronJob& cron, Plan& plan) {
  if (!plan.due) co_return Status();
  // What runs is not ended for a job that cannot be made.
  if (!plan.replaced.empty()) CO_TRYV(co_await CreateJob(cron, *plan.due, true));
  for (const JobName& job : plan.replaced) {
    CO_TRYV(co_await RemoveJob(cron, job, "SuccessfulDelete"));
    NoteReplaced(job, plan.status);
  }
  CO_TRY(const api::Object job, co_await CreateJob(cron, *plan.due, false));
  NoteMade(job, *plan.due, plan.status);
  co_return Status();
}

Task<Status> Controller::RemoveJob(const CronJob& cron, JobName job, const char* reason) {
  ObjectKey key{Job::kKind, cron.meta.ns, job.name};
  objects::DeleteOptions options;
  options.preconditions.uid = job.uid;
  const auto deleted = co_await context_.client.Delete(std::move(key), std::move(options));
  if (deleted.ok()) {
    context_.recorder.Record({cron.object, events::Severity::kNormal, reason, "Deleted job " + job.name});
  }
  co_return Settled(StatusOf(deleted));
}

Task<Result<api::Object>> Controller::CreateJob(const CronJob& cron, WallTime due, bool dry_run) {
  Json body = JobFor(cron, due);
  ObjectKey key{Job::kKind, cron.meta.ns, api::ReadString(body["metadata"], "name")};
  objects::WriteOptions options;
  options.dry_run = dry_run;
  const auto created = co_await context_.client.Create(std::move(body), std::move(options));
  if (created.ok()) {
    if (dry_run) co_return created->object;
    context_.recorder.Record({cron.object, events::Severity::kNormal, "SuccessfulCreate", "Created job " + key.name});
    co_return created->object;
  }
  if (created.error().code == ErrorCode::kAlreadyExists) {
    CO_TRY(const api::Object there, co_await context_.client.Get(key));
    const api::Meta meta = api::ReadMeta(there.body());
    const api::OwnerReference* owner = meta.Controller();
    if (owner != nullptr && owner->uid == cron.meta.uid && !meta.deleting()) co_return there;
  }
  SayFailedCreate(context_.recorder, cron.object, "Error creating job: ", created.error());
  co_return created.error();
}

}  // namespace ordinal::controllers::cronjob
