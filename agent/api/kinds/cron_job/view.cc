#include "agent/api/kinds/cron_job/view.h"

#include "agent/api/read.h"

namespace ordinal::api {

CronJob CronJob::From(const Object& object) {
  CronJob cron;
  cron.object = object;
  cron.meta = ReadMeta(object.body());
  const Json& spec = Member(object.body(), "spec");
  cron.schedule = ReadString(spec, "schedule");
  cron.time_zone = ReadString(spec, "timeZone", cron.time_zone);
  const std::string policy = ReadString(spec, "concurrencyPolicy");
  if (policy == "Forbid") cron.concurrency = Concurrency::kForbid;
  if (policy == "Replace") cron.concurrency = Concurrency::kReplace;
  cron.suspended = ReadBool(spec, "suspend");
  cron.starting_deadline_seconds = ReadOptional<int64_t>(spec, "startingDeadlineSeconds");
  cron.successful_limit = ReadInt(spec, "successfulJobsHistoryLimit", cron.successful_limit);
  cron.failed_limit = ReadInt(spec, "failedJobsHistoryLimit", cron.failed_limit);
  const Json& status = Member(object.body(), "status");
  cron.last_schedule = ReadTime(status, "lastScheduleTime");
  for (const Json& each : Items(status, "active")) cron.active_uids.push_back(ReadString(each, "uid"));
  return cron;
}

}  // namespace ordinal::api
