// The plan of a cron job, a rule a test: which moments get a job, and which jobs are kept.
#include <gmock/gmock.h>

#include "agent/base/time_zone.h"
#include "agent/controllers/cronjob/plan.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::cronjob {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const WallTime kNoon = *ParseTime("2026-01-02T12:00:00Z");

/// Every ten minutes, made at noon.
struct CronWorld {
  explicit CronWorld(const Json& spec = Json::object()) {
    body = Json::parse(R"({"apiVersion": "batch/v1", "kind": "CronJob",
      "metadata": {"name": "tick", "namespace": "default", "uid": "cron-uid"},
      "spec": {"schedule": "*/10 * * * *", "concurrencyPolicy": "Allow", "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 1,
        "jobTemplate": {"metadata": {"labels": {"a": "b"}}, "spec": {"template": {"spec": {"containers": []}}}}},
      "status": {}})");
    body["metadata"]["creationTimestamp"] = FormatTime(kNoon);
    body["spec"].merge_patch(spec);
  }
  Plan PlanAt(Duration after_noon) {
    Observed seen;
    seen.cron = api::CronJob::From(Object(body));
    for (const Json& job : jobs) seen.jobs.push_back(api::Job::From(Object(job)));
    seen.now = kNoon + after_noon;
    if (zone_known) seen.offset_at = [this](WallTime at) { return zone ? zone->OffsetAt(at) : 0; };
    return MakePlan(seen);
  }
  /// A pass at that time; the job it makes runs.
  Plan Pass(Duration after_noon) {
    Plan plan = PlanAt(after_noon);
    if (plan.due) {
      Json job = JobFor(api::CronJob::From(Object(body)), *plan.due);
      job["metadata"]["uid"] = job["metadata"]["name"].get<std::string>() + "-uid";
      job["status"]["startTime"] = FormatTime(*plan.due);
      jobs.push_back(job);
      plan.status["active"].push_back(ActiveReference(Object(job)));
      plan.status["lastScheduleTime"] = FormatTime(*plan.due);
    }
    body["status"] = plan.status;
    return plan;
  }
  void End(size_t job, const char* type, Duration after_noon) {
    jobs[job]["status"]["conditions"] =
        Json::array({Json{{"type", type}, {"status", "True"}, {"lastTransitionTime", FormatTime(kNoon + after_noon)}}});
  }
  static std::vector<std::string> Reasons(const Plan& plan) {
    std::vector<std::string> reasons;
    for (const Saying& saying : plan.says) reasons.push_back(saying.reason);
    return reasons;
  }

  Json body;
  std::vector<Json> jobs;
  bool zone_known = true;
  std::shared_ptr<const TimeZone> zone;  // UTC without one
};

TEST(CronJobPlan, MakesAJobWhenItsMomentHasCome) {
  CronWorld world;
  Plan plan = world.Pass(minutes(9));
  EXPECT_FALSE(plan.due.has_value());
  EXPECT_EQ(plan.look_again, Duration(minutes(1)));
  EXPECT_EQ(world.PlanAt(minutes(9) + seconds(30)).look_again, seconds(30) + std::chrono::milliseconds(100));
  EXPECT_EQ(world.PlanAt(minutes(1)).look_again, Duration(minutes(1))) << "the clock may be set";
  plan = world.Pass(minutes(10));
  EXPECT_EQ(plan.due, kNoon + minutes(10));
  const Json& job = world.jobs.at(0);
  EXPECT_EQ(job["metadata"]["name"], "tick-29455930");
  EXPECT_EQ(job["metadata"]["labels"], (Json{{"a", "b"}}));
  EXPECT_EQ(job["metadata"]["annotations"]["batch.kubernetes.io/cronjob-scheduled-timestamp"], "2026-01-02T12:10:00Z");
  EXPECT_EQ(job["metadata"]["ownerReferences"][0]["kind"], "CronJob");
  EXPECT_FALSE(world.Pass(minutes(11)).due.has_value()) << "once";
  EXPECT_THAT(world.body["status"]["active"], SizeIs(1));
}

TEST(CronJobPlan, OfManyMissedMomentsTheNewestCounts) {
  CronWorld world;
  EXPECT_EQ(world.Pass(minutes(35)).due, kNoon + minutes(30));
  const Plan plan = world.PlanAt(hours(100));
  EXPECT_EQ(plan.due, kNoon + hours(100));
  EXPECT_THAT(CronWorld::Reasons(plan), ElementsAre("TooManyMissedTimes"));
}

TEST(CronJobPlan, NotLaterThanItsDeadline) {
  CronWorld world(Json{{"startingDeadlineSeconds", 60}});
  EXPECT_EQ(world.PlanAt(minutes(10) + seconds(59)).due, kNoon + minutes(10));
  EXPECT_FALSE(world.PlanAt(minutes(10) + seconds(60)).due.has_value()) << "the deadline itself is too late";
}

TEST(CronJobPlan, ForbidLetsNoneRunBesideAnother) {
  CronWorld world(Json{{"concurrencyPolicy", "Forbid"}});
  world.Pass(minutes(10));
  Plan plan = world.Pass(minutes(20));
  EXPECT_FALSE(plan.due.has_value());
  EXPECT_THAT(CronWorld::Reasons(plan), ElementsAre("JobAlreadyActive"));
  world.End(0, "Complete", minutes(22));
  plan = world.Pass(minutes(22));
  EXPECT_EQ(plan.due, kNoon + minutes(20)) << "the moment that was missed";
  EXPECT_THAT(CronWorld::Reasons(plan), ElementsAre("SawCompletedJob"));
  EXPECT_EQ(world.body["status"]["lastSuccessfulTime"], FormatTime(kNoon + minutes(22)));
}

TEST(CronJobPlan, ReplaceEndsTheOneBefore) {
  CronWorld world(Json{{"concurrencyPolicy", "Replace"}});
  world.Pass(minutes(10));
  const Plan plan = world.PlanAt(minutes(20));
  EXPECT_TRUE(plan.due.has_value());
  ASSERT_THAT(plan.replaced, SizeIs(1));
  EXPECT_EQ(plan.replaced[0].uid, world.jobs[0]["metadata"]["uid"]);
}

TEST(CronJobPlan, SuspendedOrWithoutAZoneItMakesNone) {
  CronWorld world(Json{{"suspend", true}});
  EXPECT_FALSE(world.PlanAt(minutes(10)).due.has_value());
  world.body["spec"]["suspend"] = false;
  world.zone_known = false;
  const Plan plan = world.PlanAt(minutes(10));
  EXPECT_FALSE(plan.due.has_value());
  EXPECT_THAT(CronWorld::Reasons(plan), ElementsAre("UnknownTimeZone"));
}

TEST(CronJobPlan, KeepsSoManyFinishedJobsOfEachEnd) {
  CronWorld world;
  for (int i = 1; i <= 7; ++i) {
    world.Pass(minutes(10 * i));
    world.End(static_cast<size_t>(i - 1), i % 3 == 0 ? "Failed" : "Complete", minutes(10 * i + 1));
  }
  std::vector<std::string> old;
  for (const JobName& job : world.PlanAt(minutes(75)).old) old.push_back(job.name);
  // Succeeded: 1, 2, 4, 5, 7; failed: 3, 6.
  EXPECT_THAT(old, ElementsAre(world.jobs[0]["metadata"]["name"], world.jobs[1]["metadata"]["name"],
                               world.jobs[2]["metadata"]["name"]));
}

TEST(CronJobPlan, AJobOfSomebodyElsesMakingIsNoneOfTheSchedules) {
  CronWorld world(Json{{"concurrencyPolicy", "Forbid"}});
  world.Pass(minutes(10));
  world.body["status"] = Json::object();
  world.jobs[0]["metadata"]["name"] = "by-hand";
  EXPECT_EQ(world.PlanAt(minutes(20)).due, kNoon + minutes(20));
  EXPECT_THAT(world.PlanAt(minutes(20)).replaced, IsEmpty());
}

TEST(CronJobPlan, EveryCountsFromTheMakingAndThenFromTheLastJob) {
  CronWorld world(Json{{"schedule", "@every 7m"}, {"startingDeadlineSeconds", 60}});
  EXPECT_FALSE(world.Pass(minutes(6)).due.has_value());
  EXPECT_EQ(world.PlanAt(minutes(6) + seconds(59)).look_again, seconds(1) + std::chrono::milliseconds(100));
  EXPECT_FALSE(world.PlanAt(minutes(9)).due.has_value()) << "later than its deadline";
  EXPECT_EQ(world.Pass(minutes(7) + seconds(20)).due, kNoon + minutes(7));
  EXPECT_FALSE(world.Pass(minutes(13)).due.has_value());
  EXPECT_EQ(world.Pass(minutes(21) + seconds(3)).due, kNoon + minutes(21));
}

TEST(CronJobPlan, OfTheMomentsOfOneMinuteOneGetsAJob) {
  CronWorld world(Json{{"schedule", "@every 10s"}, {"concurrencyPolicy", "Replace"}});
  EXPECT_EQ(world.Pass(seconds(10)).due, kNoon + seconds(10));
  for (int i = 2; i < 6; ++i) {
    const Plan plan = world.Pass(seconds(10 * i));
    EXPECT_FALSE(plan.due.has_value());
    EXPECT_THAT(plan.replaced, IsEmpty());
  }
  EXPECT_EQ(world.Pass(seconds(60)).due, kNoon + seconds(60));
}

TEST(CronJobPlan, AfterTheClockWasSetBackItGoesOn) {
  CronWorld world;
  world.Pass(hours(5));
  EXPECT_FALSE(world.Pass(minutes(19)).due.has_value());
  EXPECT_EQ(world.Pass(minutes(20)).due, kNoon + minutes(20));
  EXPECT_FALSE(world.Pass(minutes(20) + seconds(30)).due.has_value()) << "once";
  CronWorld young(Json{{"schedule", "@every 10m"}});
  EXPECT_FALSE(young.Pass(-minutes(21)).due.has_value());
  EXPECT_EQ(young.Pass(-minutes(20)).due, kNoon - minutes(20)) << "made later than now";
}

TEST(CronJobPlan, AStepBackOfASecondMissesNothing) {
  CronWorld world;
  EXPECT_EQ(world.Pass(minutes(20)).due, kNoon + minutes(20));
  EXPECT_FALSE(world.Pass(minutes(20) - seconds(1)).due.has_value());
  EXPECT_FALSE(world.Pass(minutes(20) + seconds(1)).due.has_value());
  EXPECT_EQ(world.Pass(minutes(40)).due, kNoon + minutes(40));
}

TEST(CronJobPlan, ResumedItMakesTheJobThatWasMissedUnlessThatIsTooLate) {
  for (const bool deadline : {false, true}) {
    CronWorld world(Json{{"suspend", true}});
    if (deadline) world.body["spec"]["startingDeadlineSeconds"] = 60;
    EXPECT_FALSE(world.Pass(minutes(25)).due.has_value());
    world.body["spec"]["suspend"] = false;
    const auto due = world.Pass(minutes(25)).due;
    EXPECT_EQ(due, deadline ? std::nullopt : std::optional(kNoon + minutes(20)));
  }
}

TEST(CronJobPlan, AllowLetsJobsRunSideBySide) {
  CronWorld world;
  world.Pass(minutes(10));
  const Plan plan = world.Pass(minutes(20));
  EXPECT_THAT(plan.replaced, IsEmpty());
  EXPECT_THAT(world.body["status"]["active"], SizeIs(2));
}

TEST(CronJobPlan, WithLimitsOfZeroItKeepsNoFinishedJobAndNoneThatRuns) {
  CronWorld world(Json{{"successfulJobsHistoryLimit", 0}, {"failedJobsHistoryLimit", 0}});
  for (int i = 1; i <= 3; ++i) world.Pass(minutes(10 * i));
  world.End(0, "Complete", minutes(31));
  world.End(1, "Failed", minutes(31));
  std::vector<std::string> old;
  for (const JobName& job : world.PlanAt(minutes(32)).old) old.push_back(job.name);
  EXPECT_THAT(old, ElementsAre(world.jobs[0]["metadata"]["name"], world.jobs[1]["metadata"]["name"]));
}

TEST(CronJobPlan, SaysWhichJobIsMissingAndWhichItDidNotMake) {
  CronWorld world;
  world.Pass(minutes(10));
  world.jobs[0]["metadata"]["uid"] = "another";
  const Plan plan = world.Pass(minutes(11));
  EXPECT_THAT(CronWorld::Reasons(plan), ElementsAre("UnexpectedJob", "MissingJob"));
  EXPECT_FALSE(plan.status.contains("active"));
  world.End(0, "Complete", minutes(12));
  EXPECT_THAT(world.Pass(minutes(12)).says, IsEmpty());
  EXPECT_EQ(world.body["status"]["lastSuccessfulTime"], FormatTime(kNoon + minutes(12))) << "whoever made it";
}

TEST(CronJobPlan, DeletedItMakesAndRemovesNothing) {
  CronWorld world(Json{{"successfulJobsHistoryLimit", 0}});
  world.Pass(minutes(10));
  world.End(0, "Complete", minutes(11));
  world.body["metadata"]["deletionTimestamp"] = FormatTime(kNoon);
  const Plan plan = world.PlanAt(minutes(20));
  EXPECT_FALSE(plan.due.has_value());
  EXPECT_THAT(plan.old, IsEmpty());
}

struct ZoneCase {
  const char *what, *schedule, *made, *now;
  const char* due;  ///< null: nothing is
};

TEST(CronJobPlan, WhereTheClocksOfItsZoneAreSet) {
  const ZoneCase cases[] = {
      {"2:30 is not there", "30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", nullptr},
      {"the hours around it are", "0 3 * * *", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", "2026-03-29T01:00:00Z"},
      {"2:30 comes", "30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:45:00Z", "2026-10-25T00:30:00Z"},
      {"and once more", "30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-25T12:00:00Z", "2026-10-25T01:30:00Z"},
      {"every hour goes on", "0 * * * *", "2026-03-29T00:30:00Z", "2026-03-29T01:10:00Z", "2026-03-29T01:00:00Z"},
  };
  for (const ZoneCase& each : cases) {
    CronWorld world(Json{{"schedule", each.schedule}});
    world.zone = *TimeZone::Load("Europe/Berlin");
    world.body["metadata"]["creationTimestamp"] = each.made;
    const auto due = world.PlanAt(*ParseTime(each.now) - kNoon).due;
    EXPECT_EQ(due ? FormatTime(*due) : "", each.due == nullptr ? "" : each.due) << each.what;
  }
}

TEST(CronJobStatus, HasAJobOnceAndOnlyWhileItRuns) {
  Json job{{"metadata", Json{{"name", "tick-1"}, {"namespace", "default"}, {"uid", "u"}}}, {"status", Json::object()}};
  Json status = Json::object();
  NoteMade(Object(job), kNoon, status);
  NoteMade(Object(job), kNoon, status);
  EXPECT_THAT(status["active"], SizeIs(1));
  EXPECT_EQ(status["lastScheduleTime"], FormatTime(kNoon));
  NoteReplaced({"tick-1", "u"}, status);
  EXPECT_FALSE(status.contains("active"));
  job["status"]["conditions"] = Json::array({Json{{"type", "Complete"}, {"status", "True"}}});
  NoteMade(Object(job), kNoon, status);
  EXPECT_FALSE(status.contains("active"));
}

TEST(CronJobSayings, WhatStaysIsSaidOnce) {
  const Saying waits{false, "JobAlreadyActive", "…"}, missed{true, "MissSchedule", "1"},
      later{true, "MissSchedule", "2"};
  EXPECT_THAT(NewOf({waits, missed}, {}), ElementsAre(waits, missed));
  EXPECT_THAT(NewOf({waits, later}, {waits, missed}), ElementsAre(later));
}

}  // namespace
}  // namespace ordinal::controllers::cronjob
