#include "agent/controllers/cronjob/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "agent/api/read.h"
#include "agent/base/bounded_time.h"
#include "agent/controllers/pod_from_template.h"

namespace ordinal::controllers::cronjob {
namespace {

using api::CronJob;
using api::Job;
using api::Json;

// A moment of the schedule is looked at a little later, so that it has come by every clock.
constexpr Duration kAfterTheMoment = std::chrono::milliseconds(100);
constexpr char kScheduledAnnotation[] = "batch.kubernetes.io/cronjob-scheduled-timestamp";

std::string JobNameFor(const CronJob& cron, WallTime due) {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(due).time_since_epoch().count();
  return fmt::format("{}-{}", cron.meta.name, minutes);
}

bool Succeeded(const Job& job) { return job.Holding("Complete") != nullptr; }

WallTime AnchorOf(const CronJob& cron, WallTime now) {
  return cron.last_schedule.value_or(cron.meta.created.value_or(now));
}

/// By less a clock is slowed or stepped in passing, and what lies ahead will come in a moment.
bool SetBack(WallTime ahead, WallTime now) { return ahead > now + kLongestNap; }

/// Since when moments of the schedule count. What lies far ahead, as the clock was set back, tells nothing: then it is
/// since the last look.
WallTime CountedSince(const CronJob& cron, WallTime now) {
  WallTime since = AnchorOf(cron, now);
  if (since > now) since = SetBack(since, now) ? now - kLongestNap : now;
  if (cron.starting_deadline_seconds) {
    since = std::max(since, now - BoundedDuration(*cron.starting_deadline_seconds));
  }
  return since;
}

/// The references of the jobs that still run; what has ended or gone is said and, when it succeeded, noted.
void SeeJobs(const Observed& seen, Plan& plan) {
  const CronJob& cron = seen.cron;
  std::set<std::string> known(cron.active_uids.begin(), cron.active_uids.end());
  std::set<std::string> running;
  std::optional<WallTime> success = api::ReadTime(plan.status, "lastSuccessfulTime");
  for (const Job& job : seen.jobs) {
    const bool listed = known.erase(job.meta.uid) > 0;
    if (job.Finished() == nullptr) {
      // One that somebody made of the template (kubectl create job --from) is none of the schedule's.
      if (listed) {
        running.insert(job.meta.uid);
      } else {
        plan.says.push_back(
            {true, "UnexpectedJob", "Saw a job that the controller did not create or forgot: " + job.meta.name});
      }
      continue;
    }
    const Json& end = *job.Finished();
    if (listed) {
      plan.says.push_back(
          {false, "SawCompletedJob",
           fmt::format("Saw completed job: {}, condition: {}", job.meta.name, api::ReadString(end, "type"))});
    }
    if (!Succeeded(job)) continue;
    const auto ended = api::ReadTime(end, "lastTransitionTime");
    if (ended && (!success || *ended > *success)) success = ended;
  }
  for (const std::string& uid : known) {
    plan.says.push_back({false, "MissingJob", "Active job went missing: " + uid});
  }
  Json active = Json::array();
  for (const Json& each : api::Items(plan.status, "active")) {
    if (running.contains(api::ReadString(each, "uid"))) active.push_back(each);
  }
  if (active.empty()) {
    plan.status.erase("active");
  } else {
    plan.status["active"] = std::move(active);
  }
  if (success) plan.status["lastSuccessfulTime"] = FormatTime(*success);
}

/// The oldest of those beyond the limit.
void AddOld(std::vector<const Job*> finished, int64_t limit, Plan& plan) {
  std::sort(finished.begin(), finished.end(), [](const Job* a, const Job* b) {
    const WallTime none{};
    return std::pair(a->start_time.value_or(none), a->meta.name) <
           std::pair(b->start_time.value_or(none), b->meta.name);
  });
  const auto surplus = std::max<int64_t>(static_cast<int64_t>(finished.size()) - limit, 0);
  for (int64_t i = 0; i < surplus; ++i) plan.old.push_back({finished[i]->meta.name, finished[i]->meta.uid});
}

void KeepHistory(const Observed& seen, Plan& plan) {
  std::vector<const Job*> succeeded, failed;
  for (const api::Ref<Job>& job : seen.jobs) {
    if (job->Finished() == nullptr || job->meta.deleting()) continue;
    (Succeeded(*job) ? succeeded : failed).push_back(job.get());
  }
  AddOld(std::move(succeeded), seen.cron.successful_limit, plan);
  AddOld(std::move(failed), seen.cron.failed_limit, plan);
}

/// There is a job of that minute, and jobs are named by it. One that lies far ahead is of a clock that was set back.
bool MadeInMinute(const CronJob& cron, WallTime due, WallTime now) {
  using std::chrono::minutes;
  if (!cron.last_schedule || SetBack(*cron.last_schedule, now)) return false;
  return std::chrono::floor<minutes>(*cron.last_schedule) >= std::chrono::floor<minutes>(due);
}

/// Whether a job is made for the moment that has come.
bool Starts(const Observed& seen, WallTime due, Plan& plan) {
  const CronJob& cron = seen.cron;
  if (MadeInMinute(cron, due, seen.now)) return false;
  if (cron.starting_deadline_seconds && due + BoundedDuration(*cron.starting_deadline_seconds) < seen.now) {
    plan.says.push_back({true, "MissSchedule", "Missed scheduled time to start a job: " + FormatTime(due)});
    return false;
  }
  std::vector<JobName> active;
  for (const Json& each : api::Items(plan.status, "active")) {
    active.push_back({api::ReadString(each, "name"), api::ReadString(each, "uid")});
  }
  if (cron.concurrency == CronJob::Concurrency::kForbid && !active.empty()) {
    plan.says.push_back({false, "JobAlreadyActive",
                         "Not starting job because prior execution is running and concurrency "
                         "policy is Forbid"});
    return false;
  }
  if (cron.concurrency == CronJob::Concurrency::kReplace) plan.replaced = std::move(active);
  return true;
}

void PlanNext(const Observed& seen, const api::Schedule& written, Plan& plan) {
  const api::Schedule schedule = written.From(AnchorOf(seen.cron, seen.now));
  const Missed missed = MissedSince(schedule, CountedSince(seen.cron, seen.now), seen.now, seen.offset_at);
  if (missed.count > kManyMissed) {
    plan.says.push_back({true, "TooManyMissedTimes",
                         "too many missed start times; set or lower startingDeadlineSeconds, or look at the clocks"});
  }
  if (missed.newest && Starts(seen, *missed.newest, plan)) plan.due = missed.newest;
  const auto next = schedule.Next(seen.now, seen.offset_at);
  // Timers do not see that the clock is set: a pass every minute does.
  if (next) plan.look_again = std::min<Duration>(*next - seen.now + kAfterTheMoment, kLongestNap);
}

}  // namespace

Missed MissedSince(const api::Schedule& schedule, WallTime since, WallTime now,
                   const api::Schedule::OffsetAt& offset_at) {
  Missed missed;
  for (auto next = schedule.Next(since, offset_at); next && *next <= now; next = schedule.Next(*next, offset_at)) {
    missed.newest = next;
    if (++missed.count > kManyMissed) break;
  }
  if (missed.count <= kManyMissed) return missed;
  // Many: the newest is looked for from now backwards.
  for (Duration back = std::chrono::minutes(1); now - back > since; back *= 2) {
    auto next = schedule.Next(now - back, offset_at);
    if (!next || *next > now) continue;
    for (; next && *next <= now; next = schedule.Next(*next, offset_at)) missed.newest = next;
    return missed;
  }
  return missed;
}

Plan MakePlan(const Observed& seen) {
  Plan plan;
  const CronJob& cron = seen.cron;
  plan.status = api::Member(cron.object.body(), "status");
  if (!plan.status.is_object()) plan.status = Json::object();
  SeeJobs(seen, plan);
  if (cron.meta.deleting()) return plan;
  KeepHistory(seen, plan);
  if (cron.suspended) return plan;
  const auto schedule = api::Schedule::Parse(cron.schedule);
  if (!schedule.ok()) {
    plan.says.push_back({true, "UnparseableSchedule", "unparseable schedule: " + cron.schedule});
  } else if (!seen.offset_at) {
    plan.says.push_back({true, "UnknownTimeZone", "invalid timeZone: " + cron.time_zone});
  } else {
    PlanNext(seen, *schedule, plan);
  }
  return plan;
}

Json JobFor(const CronJob& cron, WallTime due) {
  const Json& job_template = cron.job_template();
  Json metadata = TemplateMetadata(api::Member(job_template, "metadata"));
  metadata["name"] = JobNameFor(cron, due);
  metadata["namespace"] = cron.meta.ns;
  metadata["annotations"][kScheduledAnnotation] = FormatTime(due);
  metadata["ownerReferences"] = Json::array({api::ControllerReference(cron.object).ToJson()});
  Json spec = api::Member(job_template, "spec");
  return Json{
      {"apiVersion", "batch/v1"}, {"kind", Job::kKind}, {"metadata", std::move(metadata)}, {"spec", std::move(spec)}};
}

void NoteMade(const api::Object& job, WallTime due, Json& status) {
  status["lastScheduleTime"] = FormatTime(due);
  if (Job::From(job).Finished() != nullptr) return;
  for (const Json& each : api::Items(status, "active")) {
    if (api::ReadString(each, "uid") == job.uid()) return;
  }
  status["active"].push_back(ActiveReference(job));
}

void NoteReplaced(const JobName& job, Json& status) {
  Json kept = Json::array();
  for (const Json& each : api::Items(status, "active")) {
    if (api::ReadString(each, "uid") != job.uid) kept.push_back(each);
  }
  status.erase("active");
  if (!kept.empty()) status["active"] = std::move(kept);
}

std::vector<Saying> NewOf(const std::vector<Saying>& says, const std::vector<Saying>& before) {
  std::vector<Saying> fresh;
  for (const Saying& saying : says) {
    if (std::find(before.begin(), before.end(), saying) == before.end()) fresh.push_back(saying);
  }
  return fresh;
}

Json ActiveReference(const api::Object& job) {
  return Json{{"apiVersion", "batch/v1"}, {"kind", Job::kKind}, {"name", job.name()},
              {"namespace", job.ns()},    {"uid", job.uid()},   {"resourceVersion", std::to_string(job.revision())}};
}

}  // namespace ordinal::controllers::cronjob
