#include "agent/api/kinds/cron_job/fields.h"

#include "agent/api/kinds/job/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kCronJobFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kCronJobSpec), "{}"), "what is wanted"),
    Tag(3, Default(Struct("status", kCronJobStatus), "{}"), "what was last seen"),
};

constexpr Field kCronJobSpecFields[] = {
    Tag(3, Default(OneOf(String("concurrencyPolicy"), kConcurrencyPolicies), R"("Allow")"),
        "when the last job still runs: Allow (the default): another one; Forbid: none; Replace: another one in its "
        "place"),
    Tag(7, Optional(Default(Int32("failedJobsHistoryLimit"), "1")), "how many failed jobs are kept; 1 when absent"),
    Tag(5, Required(Default(Struct("jobTemplate", kJobTemplateSpec), "{}")), "the jobs to make"),
    Tag(1, Required(String("schedule")), "five fields as of cron, or @hourly, @daily …"),
    Tag(2, Optional(Int64("startingDeadlineSeconds")), "how late a job may be made"),
    Tag(6, Optional(Default(Int32("successfulJobsHistoryLimit"), "3")),
        "how many jobs that succeeded are kept; 3 when absent"),
    Tag(4, Optional(Default(Bool("suspend"), "false")), "no jobs are made while it is true"),
    Tag(8, Optional(String("timeZone")), "the zone the schedule is in, as in Europe/Berlin; UTC when absent"),
};

constexpr Field kJobTemplateSpecFields[] = {
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kJobSpec), "{}"), "what the jobs want"),
};

constexpr Field kCronJobStatusFields[] = {
    Tag(1, Atomic(List(Struct("active", kObjectReference))), "jobs that run"),
    Tag(4, Optional(Time("lastScheduleTime")), "the moment of the schedule that a job was last made for"),
    Tag(5, Optional(Time("lastSuccessfulTime")), "when a job last succeeded"),
};

}  // namespace

constinit const StructType kCronJob{"CronJob", kCronJobFields, "jobs by a schedule"};
constinit const StructType kCronJobSpec{"CronJobSpec", kCronJobSpecFields};
constinit const StructType kJobTemplateSpec{"JobTemplateSpec", kJobTemplateSpecFields, "a job to make"};
constinit const StructType kCronJobStatus{"CronJobStatus", kCronJobStatusFields};

}  // namespace ordinal::api::schema
