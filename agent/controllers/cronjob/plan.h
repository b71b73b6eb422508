// What to do about a CronJob, decided from what is seen. Pure. (pkg/controller/cronjob/cronjob_controllerv2.go,
// utils.go)
//
//   last made for ──────┬───────────┬───────────┬── now ──┬──
//                    missed      missed      due │       next
//                                                └ made now, named <cron job>-<minutes since 1970>
//
// @every counts from the last job, or from the making of the cron job. Of the moments that passed since the last job
// only the newest counts, unless it is later than startingDeadlineSeconds.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/cron_job/schedule.h"
#include "agent/api/kinds/cron_job/view.h"
#include "agent/api/kinds/job/view.h"
#include "agent/api/ref.h"

namespace ordinal::controllers::cronjob {

/// More moments than these that were missed are worth a warning.
inline constexpr int kManyMissed = 100;
/// So often a cron job is looked at, at least.
inline constexpr Duration kLongestNap = std::chrono::minutes(1);

struct Observed {
  api::CronJob cron;
  api::Refs<api::Job> jobs;  ///< those it controls
  WallTime now;
  api::Schedule::OffsetAt offset_at;  ///< of its time zone; null: there is no such zone
};

struct Saying {
  bool warning = false;
  std::string reason, message;
  bool operator==(const Saying&) const = default;
};

struct JobName {
  std::string name, uid;
};

struct Plan {
  std::vector<JobName> replaced;  ///< active jobs that make room for the next
  std::vector<JobName> old;       ///< finished ones beyond what is kept
  std::optional<WallTime> due;    ///< a job is to be made for this moment
  api::Json status;               ///< without the job to be made
  std::vector<Saying> says;
  std::optional<Duration> look_again;
};
Plan MakePlan(const Observed& seen);

/// The newest moment of the schedule that has come since the last job, and how many there were, as far as they are
/// counted.
struct Missed {
  std::optional<WallTime> newest;
  int count = 0;
};
Missed MissedSince(const api::Schedule& schedule, WallTime since, WallTime now,
                   const api::Schedule::OffsetAt& offset_at);

/// The job for that moment.
api::Json JobFor(const api::CronJob& cron, WallTime due);
/// The job was made, or is there: it is in status.active once, unless it is over, and its moment is the last.
void NoteMade(const api::Object& job, WallTime due, api::Json& status);
/// The job is gone: it is active no more.
void NoteReplaced(const JobName& job, api::Json& status);
/// What was not said by the pass before: what stays as it is is said once.
std::vector<Saying> NewOf(const std::vector<Saying>& says, const std::vector<Saying>& before);
/// An entry of status.active.
api::Json ActiveReference(const api::Object& job);

}  // namespace ordinal::controllers::cronjob
