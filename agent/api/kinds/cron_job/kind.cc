#include "agent/api/faults.h"
#include "agent/api/kinds/cron_job/fields.h"
#include "agent/api/kinds/cron_job/schedule.h"
#include "agent/api/kinds/job/rules.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/pod/defaults.h"
#include "agent/api/kinds/pod/template_rules.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/kinds/shared/meta_rules.h"
#include "agent/api/read.h"
#include "agent/base/time_zone.h"

namespace ordinal::api::kinds::of_cron_job {
namespace {

// A job's name is that of its cron job, a dash and ten digits, and has to fit a label.
constexpr size_t kMostNameBytes = 52;

void SetDefaults(Json& body) { DefaultPodSpec(body["spec"]["jobTemplate"]["spec"]["template"]["spec"]); }

void ValidateTimeZone(const Json& spec, const Path& path, Faults& faults) {
  if (!spec.contains("timeZone")) return;
  const std::string name = ReadString(spec, "timeZone");
  const auto zone =
      name == "Local"
          ? Result<std::shared_ptr<const TimeZone>>(MakeError(ErrorCode::kInvalid, "must be an explicit time zone"))
          : TimeZone::Load(name);
  if (!zone.ok()) faults.Invalid(path, name, zone.error().message);
}

void ValidateSchedule(const Json& spec, const Path& path, Faults& faults) {
  const std::string schedule = ReadString(spec, "schedule");
  if (schedule.empty()) return faults.Required(path / "schedule");
  const auto parsed = Schedule::Parse(schedule);
  if (!parsed.ok()) faults.Invalid(path / "schedule", schedule, parsed.error().message);
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const Path path("spec");
  ValidateSchedule(spec, path, faults);
  ValidateTimeZone(spec, path / "timeZone", faults);
  for (const std::string_view member :
       {"startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"}) {
    faults.NotNegative(path / member, ReadInt(spec, member));
  }
  faults.OneOf(path / "concurrencyPolicy", ReadString(spec, "concurrencyPolicy"), schema::kConcurrencyPolicies);
  const Json& job = Member(spec, "jobTemplate");
  const Path at = path / "jobTemplate";
  ValidateLabels(Member(Member(job, "metadata"), "labels"), at / "metadata" / "labels", faults);
  ValidateAnnotations(Member(Member(job, "metadata"), "annotations"), at / "metadata" / "annotations", faults);
  ValidateJobSpec(Member(job, "spec"), at / "spec", faults);
  if (ReadBool(Member(job, "spec"), "manualSelector")) {
    faults.Add(at / "spec" / "manualSelector", kNotSupported, "a template of jobs has no selector of its own");
  }
  const std::string name = ReadString(Member(body, "metadata"), "name");
  if (name.size() > kMostNameBytes) faults.Invalid(Path("metadata.name"), name, "must be no more than 52 characters");
}

Json Cells(const Json& body, WallTime now) {
  const Json& spec = Member(body, "spec");
  const Json& status = Member(body, "status");
  const bool ran = status.contains("lastScheduleTime");
  const Json job{{"spec", Member(Member(spec, "jobTemplate"), "spec")}};
  return {NameCell(body),
          ReadString(spec, "schedule"),
          TextCell(spec, {"timeZone"}, "<none>"),
          ReadBool(spec, "suspend") ? "True" : "False",
          static_cast<int64_t>(Items(status, "active").size()),
          ran ? SinceCell(status, "lastScheduleTime", now) : "<none>",
          AgeCell(body, now),
          TemplateNames(job),
          TemplateImages(job),
          SelectorCell(Member(job["spec"], "selector"))};
}

Json FirstStatus(const Json&, WallTime) { return Json::object(); }

constexpr std::string_view kShort[] = {"cj"};
constexpr std::string_view kCategories[] = {"all"};
constexpr std::string_view kSubresources[] = {"status"};
constexpr Column kColumns[] = {
    kNameColumn,
    {"Schedule", "string", "", "When jobs are made.", 0},
    {"Timezone", "string", "", "The time zone of the schedule.", 0},
    {"Suspend", "boolean", "", "Whether no jobs are made.", 0},
    {"Active", "integer", "", "How many jobs run.", 0},
    {"Last Schedule", "string", "", "How long ago the schedule last made a job.", 0},
    kAgeColumn,
    kContainersColumn,
    kImagesColumn,
    kSelectorColumn,
};

}  // namespace

constinit const KindInfo kKind{
    .group = "batch",
    .version = "v1",
    .kind = "CronJob",
    .plural = "cronjobs",
    .singular = "cronjob",
    .short_names = kShort,
    .schema = &schema::kCronJob,
    .old_versions = {},
    .set_defaults = SetDefaults,
    .validate = Validate,
    .in_manifests = true,
    .categories = kCategories,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_cron_job
