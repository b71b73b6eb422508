// The CronJob controller: watches cron jobs and their jobs, and carries out what plan.h decides.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/time_zone.h"
#include "agent/controllers/context.h"
#include "agent/controllers/cronjob/plan.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"
#include "agent/objects/indexes.h"

namespace ordinal::controllers::cronjob {

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, objects::Caches& caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void OnJob(const objects::Change<api::Job>& change);
  Task<Status> Sync(std::string key);
  Observed Observe(const api::CronJob& cron);
  /// Null: the host has no such zone. Read once.
  std::shared_ptr<const TimeZone> ZoneOf(const std::string& name);
  /// Makes the job that is due and ends those it replaces; the plan's status has what was done.
  Task<Status> Start(const api::CronJob& cron, Plan& plan);
  Task<Status> RemoveJob(const api::CronJob& cron, JobName job, const char* reason);
  /// Made, or there already. In a dry run nothing is written, and it is said only if it fails.
  Task<Result<api::Object>> CreateJob(const api::CronJob& cron, WallTime due, bool dry_run);

  Context context_;
  objects::Cache<api::CronJob>& crons_;
  objects::Cache<api::Job>& jobs_;
  const objects::Index<api::Job>& jobs_by_controller_;
  WorkQueue queue_;
  std::map<std::string, std::shared_ptr<const TimeZone>> zones_;
  std::map<std::string, std::vector<Saying>> said_;  // by the last pass, by key
};

}  // namespace ordinal::controllers::cronjob
