// Schedules of cron jobs, and how cron jobs are written, refused and shown.
#include <gmock/gmock.h>

#include "agent/api/kinds/cron_job/schedule.h"
#include "agent/api/table.h"
#include "agent/base/time_zone.h"
#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

using testing::Contains;

std::string NextOf(const std::string& schedule, const char* after, const std::string& zone = "UTC") {
  const auto parsed = Schedule::Parse(schedule);
  EXPECT_TRUE(parsed.ok()) << schedule << ": " << (parsed.ok() ? "" : parsed.error().message);
  if (!parsed.ok()) return "";
  const auto loaded = TimeZone::Load(zone).value();
  const auto next = parsed->Next(*ParseTime(after), [&](WallTime at) { return loaded->OffsetAt(at); });
  return next ? FormatTime(*next) : "never";
}

TEST(Schedule, NamesTheNextMoment) {
  struct Case {
    const char *schedule, *after, *next;
  };
  const Case cases[] = {
      {"* * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"},
      {"* * * * *", "2026-01-01T00:00:59Z", "2026-01-01T00:01:00Z"},
      {"*/15 * * * *", "2026-01-01T00:46:00Z", "2026-01-01T01:00:00Z"},
      {"5/20 * * * *", "2026-01-01T00:26:00Z", "2026-01-01T00:45:00Z"},
      {"10-20/5 * * * *", "2026-01-01T00:15:00Z", "2026-01-01T00:20:00Z"},
      {"0 3 * * *", "2026-01-01T03:00:00Z", "2026-01-02T03:00:00Z"},
      {"0 0 1,15 * *", "2026-01-02T00:00:00Z", "2026-01-15T00:00:00Z"},
      {"0 0 31 * *", "2026-02-01T00:00:00Z", "2026-03-31T00:00:00Z"},
      {"0 0 29 FEB *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"},
      {"0 0 30 2 *", "2026-01-01T00:00:00Z", "never"},
      {"0 9 * * MON-FRI", "2026-01-02T09:00:00Z", "2026-01-05T09:00:00Z"},
      {"0 0 13 * 5", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"},  // a 13th or a Friday
      {"0 0 ? * 0", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"},
      {"0 0 1 jan *", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"},
      {"@hourly", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z"},
      {"@daily", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"},
      {"@weekly", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"},
      {"@monthly", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"},
      {"@yearly", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"},
      {"@every 1h30m", "2026-01-01T00:00:07Z", "2026-01-01T01:30:07Z"},
  };
  for (const Case& c : cases) EXPECT_EQ(NextOf(c.schedule, c.after), c.next) << c.schedule << " after " << c.after;
}

TEST(Schedule, IsOfItsTimeZone) {
  EXPECT_EQ(NextOf("0 9 * * *", "2026-01-01T00:00:00Z", "Europe/Berlin"), "2026-01-01T08:00:00Z");
  EXPECT_EQ(NextOf("0 9 * * *", "2026-07-01T00:00:00Z", "Europe/Berlin"), "2026-07-01T07:00:00Z");
  EXPECT_EQ(NextOf("0 0 * * *", "2026-01-01T00:00:00Z", "Asia/Kolkata"), "2026-01-01T18:30:00Z");
  // The clocks go from 2:00 to 3:00 on the 29th of March: 2:30 is the next day's.
  EXPECT_EQ(NextOf("30 2 * * *", "2026-03-28T12:00:00Z", "Europe/Berlin"), "2026-03-30T00:30:00Z");
  // 2:30 comes twice on the 25th of October.
  EXPECT_EQ(NextOf("30 2 * * *", "2026-10-24T12:00:00Z", "Europe/Berlin"), "2026-10-25T00:30:00Z");
  EXPECT_EQ(NextOf("30 2 * * *", "2026-10-25T00:30:00Z", "Europe/Berlin"), "2026-10-25T01:30:00Z");
}

/// Days on which nothing is named are passed over whatever the clocks do on them.
TEST(Schedule, PassesOverDaysAndMonths) {
  // The clocks go forward on the 29th of March and back on the 25th of October.
  EXPECT_EQ(NextOf("0 0 30 3 *", "2026-01-01T00:00:00Z", "Europe/Berlin"), "2026-03-29T22:00:00Z");
  EXPECT_EQ(NextOf("30 0 26 10 *", "2026-07-01T00:00:00Z", "Europe/Berlin"), "2026-10-25T23:30:00Z");
  EXPECT_EQ(NextOf("0 0 1 * *", "2026-10-02T00:00:00Z", "Europe/Berlin"), "2026-10-31T23:00:00Z");
  // Samoa had no 30th of December 2011.
  EXPECT_EQ(NextOf("0 0 31 12 *", "2011-12-01T00:00:00Z", "Pacific/Apia"), "2011-12-30T10:00:00Z");
  int looks = 0;
  const auto never = Schedule::Parse("0 0 30 2 *").value();
  EXPECT_FALSE(never.Next(*ParseTime("2026-01-01T00:00:00Z"), [&looks](WallTime) { return ++looks, 0; }).has_value());
  EXPECT_LT(looks, 2000);
}

TEST(Schedule, EveryCountsFromItsAnchor) {
  const WallTime noon = *ParseTime("2026-01-01T12:00:00Z");
  const auto every = Schedule::Parse("@every 10m").value().From(noon);
  const auto after = [&every, noon](Duration when) { return *every.Next(noon + when, nullptr) - noon; };
  using std::chrono::minutes;
  EXPECT_EQ(after(minutes(3)), minutes(10));
  EXPECT_EQ(after(minutes(10)), minutes(20));
  EXPECT_EQ(after(-minutes(3)), minutes(0)) << "an anchor ahead is one of its moments";
}

TEST(Schedule, RefusesWhatCronRefuses) {
  for (const char* wrong :
       {"",           "* * * *",   "* * * * * *", "60 * * * *",  "* 24 * * *",       "* * 0 * *",   "* * 32 * *",
        "* * * 13 *", "* * * 0 *", "* * * * 7",   "*/0 * * * *", "5-1 * * * *",      "a * * * *",   "1, * * * *",
        "-1 * * * *", "@often",    "@every",      "@every x",    "TZ=UTC * * * * *", "* * * * MOON"}) {
    EXPECT_FALSE(Schedule::Parse(wrong).ok()) << wrong;
  }
}

Json CronWith(const char* spec = "{}") {
  Json body = Json::parse(R"({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "tick"},
    "spec": {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "Never",
      "containers": [{"name": "c", "image": "i"}]}}}}}})");
  body["spec"].merge_patch(Json::parse(spec));
  return body;
}

TEST(CronJob, GetsItsDefaults) {
  const Json spec = MustDecode(CronWith()).body["spec"];
  EXPECT_EQ(spec["concurrencyPolicy"], "Allow");
  EXPECT_EQ(spec["suspend"], false);
  EXPECT_EQ(spec["successfulJobsHistoryLimit"], 3);
  EXPECT_EQ(spec["failedJobsHistoryLimit"], 1);
  EXPECT_FALSE(spec["jobTemplate"]["spec"].contains("completions")) << "those of a job are the job's";
}

TEST(CronJob, IsChecked) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"schedule": "* * *"})", "spec.schedule FieldValueInvalid"},
      {R"({"schedule": null})", "spec.schedule FieldValueRequired"},
      {R"({"timeZone": "Mars/North"})", "spec.timeZone FieldValueInvalid"},
      {R"({"timeZone": ""})", "spec.timeZone FieldValueInvalid"},
      {R"({"timeZone": "Local"})", "spec.timeZone FieldValueInvalid"},
      {R"({"concurrencyPolicy": "Perhaps"})", "spec.concurrencyPolicy FieldValueNotSupported"},
      {R"({"startingDeadlineSeconds": -1})", "spec.startingDeadlineSeconds FieldValueInvalid"},
      {R"({"successfulJobsHistoryLimit": -1})", "spec.successfulJobsHistoryLimit FieldValueInvalid"},
      {R"({"jobTemplate": {"spec": {"parallelism": -1}}})", "spec.jobTemplate.spec.parallelism FieldValueInvalid"},
      {R"({"jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "Always"}}}}})",
       "spec.jobTemplate.spec.template.spec.restartPolicy FieldValueRequired"},
  };
  for (const auto& [spec, fault] : cases) {
    EXPECT_THAT(Causes(MustFail(CronWith(spec)).errors), Contains(std::string(fault))) << spec;
  }
  Json body = CronWith();
  body["metadata"]["name"] = std::string(53, 'a');
  EXPECT_THAT(Causes(MustFail(body).errors), Contains(std::string("metadata.name FieldValueInvalid")));
}

TEST(CronJob, HasARow) {
  const WallTime now = *ParseTime("2026-11-21T23:20:00Z");
  Json body = MustDecode(CronWith(R"({"timeZone": "Europe/Berlin"})")).body;
  body["metadata"]["creationTimestamp"] = FormatTime(now - std::chrono::minutes(5));
  EXPECT_EQ(TableCells(*FindKind("CronJob"), body, now),
            Json({"tick", "* * * * *", "Europe/Berlin", "False", 0, "<none>", "5m", "c", "i", "<none>"}));
  body["status"] = Json{{"active", Json::array({Json{{"name", "tick-1"}}})},
                        {"lastScheduleTime", FormatTime(now - std::chrono::seconds(20))}};
  const Json cells = TableCells(*FindKind("CronJob"), body, now);
  EXPECT_EQ(cells[4], 1);
  EXPECT_EQ(cells[5], "20s");
}

}  // namespace
}  // namespace ordinal::api
