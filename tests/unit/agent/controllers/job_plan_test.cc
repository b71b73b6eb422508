// The plan of a job, a rule a test: how many pods run, what counts, when it ends and why.
#include <gmock/gmock.h>

#include "tests/unit/agent/controllers/job_world.h"

namespace ordinal::controllers::job {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(JobPlan, OnePodThatSucceedsCompletesTheJob) {
  JobWorld world;
  const Plan first = world.Pass();
  ASSERT_THAT(first.create, SizeIs(1));
  EXPECT_EQ(world.status()["active"], 1);
  EXPECT_EQ(world.status()["startTime"], FormatTime(world.now));
  EXPECT_EQ(world.pods[world.Name(0)]["metadata"]["finalizers"], Json::array({api::kJobTracking}));
  world.Run(world.Name(0));
  world.Pass();
  EXPECT_EQ(world.status()["ready"], 1);
  world.now += seconds(10);
  world.End(world.Name(0), 0);
  // Noted and let go, with the interim condition …
  const Plan noted = world.Pass();
  EXPECT_EQ(world.status()["uncountedTerminatedPods"]["succeeded"], Json::array({world.Name(0) + "-uid"}));
  EXPECT_FALSE(world.status().contains("succeeded"));
  EXPECT_THAT(world.Conditions(), ElementsAre("SuccessCriteriaMet CompletionsReached"));
  EXPECT_THAT(noted.release, SizeIs(1));
  // … then counted.
  const Plan counted = world.Pass();
  EXPECT_EQ(world.status()["succeeded"], 1);
  EXPECT_EQ(world.status()["uncountedTerminatedPods"], Json::object());
  EXPECT_FALSE(world.status().contains("active"));
  EXPECT_EQ(world.status()["completionTime"], FormatTime(world.now));
  EXPECT_THAT(world.Conditions(), ElementsAre("SuccessCriteriaMet CompletionsReached", "Complete CompletionsReached"));
  ASSERT_THAT(counted.says, SizeIs(1));
  EXPECT_EQ(counted.says[0].reason, "Completed");
  // And nothing more.
  const Plan rest = world.Pass();
  EXPECT_EQ(rest.status, world.status());
  EXPECT_THAT(rest.says, IsEmpty());
}

TEST(JobPlan, RunsNoMoreThanParallelismNorThanCompletionsAreLeft) {
  JobWorld world(Json{{"completions", 5}, {"parallelism", 2}});
  EXPECT_THAT(world.Pass().create, SizeIs(2));
  world.End(world.Name(0), 0);
  world.Settle();
  EXPECT_EQ(world.Active(), 2);
  for (int i = 1; i < 4; ++i) {
    world.End(world.Name(i), 0);
    world.Settle();
  }
  EXPECT_EQ(world.Active(), 1) << "four of five succeeded";
  world.job["spec"]["parallelism"] = 0;
  world.Settle();
  EXPECT_EQ(world.Active(), 0);
  EXPECT_FALSE(world.status().contains("failed")) << "a pod that is taken away for being too many counts for nothing";
  world.job["spec"]["parallelism"] = 3;
  EXPECT_THAT(world.Pass().create, SizeIs(1));
}

TEST(JobPlan, WithoutCompletionsTheFirstSuccessIsTheJobs) {
  JobWorld world(Json{{"completions", nullptr}, {"parallelism", 3}});
  EXPECT_THAT(world.Pass().create, SizeIs(3));
  world.End(world.Name(0), 0);
  world.Settle();
  EXPECT_EQ(world.Active(), 2) << "those that run are left to it, and no other is made";
  EXPECT_THAT(world.Conditions(), IsEmpty());
  world.End(world.Name(1), 1);
  world.End(world.Name(2), 0);
  world.Settle();
  EXPECT_EQ(world.status()["succeeded"], 2);
  EXPECT_EQ(world.status()["failed"], 1);
  EXPECT_THAT(world.Conditions().back(), "Complete CompletionsReached");
}

TEST(JobPlan, FailuresWaitTenSecondsAndDoubleToTenMinutes) {
  EXPECT_EQ(BackoffAfter(0), Duration::zero());
  const std::vector<int> waits{10, 20, 40, 80, 160, 320, 600, 600};
  for (size_t i = 0; i < waits.size(); ++i) {
    EXPECT_EQ(BackoffAfter(static_cast<int64_t>(i) + 1), Duration(seconds(waits[i])));
  }
  EXPECT_EQ(BackoffAfter(1 << 30), Duration(minutes(10)));

  JobWorld world;
  world.Pass();
  world.End(world.Name(0), 1);
  world.Settle();
  EXPECT_EQ(world.Active(), 0);
  EXPECT_EQ(world.status()["failed"], 1);
  EXPECT_EQ(world.Pass().look_again, Duration(seconds(10)));
  world.now += seconds(9);
  EXPECT_THAT(world.Pass().create, IsEmpty());
  world.now += seconds(1);
  EXPECT_THAT(world.Pass().create, SizeIs(1));
  world.End(world.Name(1), 1);
  world.Settle();
  EXPECT_EQ(world.Pass().look_again, Duration(seconds(20)));
  // A new agent makes the row anew of the pods that are there.
  world.backoff = Backoff();
  EXPECT_EQ(world.Pass().look_again, Duration(seconds(20)));
}

TEST(JobPlan, ASuccessEndsTheRowOfFailures) {
  JobWorld world(Json{{"completions", 3}, {"parallelism", 1}});
  world.Pass();
  world.End(world.Name(0), 1);
  world.Settle();
  world.now += seconds(10);
  world.Pass();
  world.now += seconds(1);
  world.End(world.Name(1), 0);
  world.Settle();
  EXPECT_EQ(world.Active(), 1) << "the next one is made at once";
}

TEST(JobPlan, MoreFailuresThanBackoffLimitFailTheJob) {
  JobWorld world(Json{{"backoffLimit", 1}, {"completions", 4}, {"parallelism", 3}});
  world.Pass();
  world.Run(world.Name(2));
  world.End(world.Name(0), 1);
  world.Settle();
  EXPECT_THAT(world.Conditions(), IsEmpty());
  world.End(world.Name(1), 1);
  world.Pass();
  EXPECT_THAT(world.Conditions(), ElementsAre("FailureTarget BackoffLimitExceeded"));
  EXPECT_TRUE(world.pods[world.Name(2)]["metadata"].contains("deletionTimestamp")) << "what still runs is ended";
  world.Settle();
  EXPECT_THAT(world.Conditions(), ElementsAre("FailureTarget BackoffLimitExceeded")) << "it waits for its pods";
  EXPECT_EQ(world.status()["terminating"], 1);
  EXPECT_EQ(world.status()["failed"], 3) << "of a job that failed every pod that did not succeed failed";
  world.EndDeletion(world.Name(2));
  world.Settle();
  EXPECT_THAT(world.Conditions(), ElementsAre("FailureTarget BackoffLimitExceeded", "Failed BackoffLimitExceeded"));
  EXPECT_EQ(world.status()["terminating"], 0);
  EXPECT_FALSE(world.status().contains("completionTime"));
}

TEST(JobPlan, WithRestartPolicyOnFailureRestartsCount) {
  JobWorld world(Json{{"backoffLimit", 2}, {"template", Json{{"spec", Json{{"restartPolicy", "OnFailure"}}}}}});
  world.Pass();
  world.Run(world.Name(0));
  const auto restarted = [&world](int times) {
    world.pods[world.Name(0)]["status"]["containerStatuses"] =
        Json::array({Json{{"name", "main"}, {"restartCount", times}, {"state", Json::object()}}});
    world.Pass();
  };
  restarted(1);
  EXPECT_THAT(world.Conditions(), IsEmpty());
  restarted(2);
  EXPECT_THAT(world.Conditions(), ElementsAre("FailureTarget BackoffLimitExceeded"));
}

TEST(JobPlan, FailsWhenItsDeadlineIsOverAndNotWhileItIsSuspended) {
  JobWorld world(Json{{"activeDeadlineSeconds", 60}});
  EXPECT_EQ(world.Pass().look_again, Duration(seconds(60)));
  world.job["spec"]["suspend"] = true;
  world.Settle();
  world.now += seconds(100);
  world.Settle();
  EXPECT_THAT(world.Conditions(), ElementsAre("Suspended JobSuspended"));
  world.job["spec"]["suspend"] = false;
  world.Pass();
  EXPECT_EQ(world.status()["startTime"], FormatTime(world.now))
      << "the deadline is about the time since it was resumed";
  world.now += seconds(60);
  world.Pass();
  EXPECT_THAT(world.Conditions(), ElementsAre("FailureTarget DeadlineExceeded"));
}

TEST(JobPlan, SuspendedItTakesItsPodsAwayAndStartsAnewLater) {
  JobWorld world(Json{{"suspend", true}, {"parallelism", 2}, {"completions", 2}});
  Plan plan = world.Pass();
  EXPECT_THAT(plan.create, IsEmpty());
  EXPECT_FALSE(world.status().contains("startTime"));
  ASSERT_THAT(plan.says, SizeIs(1));
  EXPECT_EQ(plan.says[0].reason, "Suspended");
  world.job["spec"]["suspend"] = false;
  plan = world.Pass();
  EXPECT_THAT(plan.create, SizeIs(2));
  EXPECT_EQ(plan.says[0].reason, "Resumed");
  EXPECT_EQ(world.status()["conditions"][0]["status"], "False");
  world.Run(world.Name(0));
  world.job["spec"]["suspend"] = true;
  plan = world.Pass();
  EXPECT_THAT(plan.drop, SizeIs(2));
  EXPECT_EQ(world.status()["terminating"], 2);
  EXPECT_FALSE(world.status().contains("failed"));
}

TEST(JobPlan, ADeletedPodCountsAsFailedAtOnceUnlessOnlyWhatIsOverIsReplaced) {
  JobWorld world;
  world.Pass();
  world.Run(world.Name(0));
  world.Delete(world.Name(0));
  world.Settle();
  EXPECT_EQ(world.status()["failed"], 1);
  world.now += seconds(10);
  EXPECT_THAT(world.Pass().create, SizeIs(1));

  JobWorld patient(Json{{"podReplacementPolicy", "Failed"}});
  patient.Pass();
  patient.Run(patient.Name(0));
  patient.Delete(patient.Name(0));
  patient.Settle();
  EXPECT_EQ(patient.status()["terminating"], 1);
  EXPECT_FALSE(patient.status().contains("failed"));
  patient.now += minutes(1);
  EXPECT_THAT(patient.Pass().create, IsEmpty()) << "the one before may still be at work";
  patient.EndDeletion(patient.Name(0));
  patient.Settle();
  EXPECT_EQ(patient.status()["failed"], 1);
  EXPECT_EQ(patient.Active(), 1);
}

TEST(JobPlan, APodThatWasNeverPlacedIsOverWhenItIsDeleted) {
  JobWorld world(Json{{"podReplacementPolicy", "Failed"}});
  world.Pass();
  world.pods[world.Name(0)]["spec"].erase("nodeName");
  world.Delete(world.Name(0));
  world.Pass();
  EXPECT_EQ(world.status()["uncountedTerminatedPods"]["failed"], Json::array({world.Name(0) + "-uid"}));
}

TEST(JobPlan, AJobThatIsBeingDeletedLetsGoOfItsPods) {
  JobWorld world(Json{{"parallelism", 2}, {"completions", 2}});
  world.Pass();
  world.job["metadata"]["deletionTimestamp"] = FormatTime(world.now);
  const Plan plan = world.Pass();
  EXPECT_THAT(plan.create, IsEmpty());
  EXPECT_THAT(plan.release, SizeIs(2));
  EXPECT_THAT(plan.end, IsEmpty());
}

TEST(JobPlan, WhatSomebodyElseManagesIsLeftAlone) {
  JobWorld world(Json{{"managedBy", "example.com/queue"}});
  const Plan plan = world.Pass();
  EXPECT_THAT(plan.create, IsEmpty());
  EXPECT_EQ(plan.status, Json::object());
  JobWorld own(Json{{"managedBy", api::kJobController}});
  EXPECT_THAT(own.Pass().create, SizeIs(1));
}

TEST(JobPlan, AnAdoptedPodIsTracked) {
  JobWorld world;
  world.Pass();
  world.DropFinalizer(world.Name(0));
  EXPECT_THAT(world.Pass().track, SizeIs(1));
  EXPECT_EQ(world.pods[world.Name(0)]["metadata"]["finalizers"], Json::array({api::kJobTracking}));
  EXPECT_THAT(world.Pass().track, IsEmpty());
}

TEST(JobPlan, GoesWhenItsTimeAfterTheEndIsOver) {
  JobWorld world(Json{{"ttlSecondsAfterFinished", 30}});
  world.Pass();
  world.End(world.Name(0), 0);
  world.Settle();
  Plan plan = world.Pass();
  EXPECT_FALSE(plan.remove_job);
  EXPECT_EQ(plan.look_again, Duration(seconds(30)));
  world.now += seconds(30);
  EXPECT_TRUE(world.Pass().remove_job);
}

TEST(JobPlan, APodThatTheJobWouldNotSelectIsNotMade) {
  JobWorld world;
  world.job["spec"]["template"]["metadata"]["labels"] = Json{{"a", "b"}};
  const Plan plan = world.Pass();
  EXPECT_THAT(plan.create, IsEmpty());
  EXPECT_FALSE(world.status().contains("active"));
  ASSERT_THAT(plan.says, SizeIs(1));
  EXPECT_EQ(plan.says[0].reason, "SelectorMismatch");
  // By its index: only the pods that fit.
  Json selector = Json{{"matchLabels", Json{{api::kCompletionIndex, "1"}}}};
  JobWorld indexed(Json{{"completionMode", "Indexed"}, {"completions", 2}, {"parallelism", 2}});
  indexed.job["spec"]["selector"] = selector;
  EXPECT_THAT(indexed.Pass().create, SizeIs(1));
}

TEST(JobPlan, AfterTheClockWasSetBackAFailureIsWaitedForNoLonger) {
  JobWorld world;
  world.Pass();
  world.End(world.Name(0), 1);
  world.now -= hours(1);
  world.Settle();
  EXPECT_EQ(world.Pass().look_again, Duration(seconds(10)));
  world.now += seconds(10);
  EXPECT_THAT(world.Pass().create, SizeIs(1));

  JobWorld indexed(Json{{"completionMode", "Indexed"}, {"backoffLimitPerIndex", 3}});
  indexed.Pass();
  indexed.End(indexed.Name(0), 1);
  indexed.now -= hours(1);
  EXPECT_THAT(indexed.Pass().create, SizeIs(1)) << "when it ended nobody remembers";
}

TEST(JobPlan, AfterTheClockWasSetBackNoSpanIsLonger) {
  JobWorld world(Json{{"activeDeadlineSeconds", 60}, {"ttlSecondsAfterFinished", 30}});
  world.Pass();
  world.now -= hours(1);
  EXPECT_EQ(world.Pass().look_again, Duration(seconds(60)));
  EXPECT_EQ(world.status()["startTime"], FormatTime(world.now));
  world.now += seconds(59);
  EXPECT_EQ(world.Pass().look_again, Duration(seconds(1)));
  world.End(world.Name(0), 0);
  world.Settle();
  world.now -= hours(1);
  EXPECT_EQ(world.Pass().look_again, Duration(seconds(30)));
  world.now += seconds(30);
  EXPECT_TRUE(world.Pass().remove_job);
}

TEST(JobPlan, OfManyPodsThatAreOverTheNewestAreKept) {
  JobWorld world;
  for (size_t i = 0; i < kKeptOver + 3; ++i) {
    world.now += seconds(1);
    world.Create({});
    const std::string name = world.Name(static_cast<int>(i));
    world.End(name, i % 2 == 0 ? 0 : 1);
    if (i != 1) world.DropFinalizer(name);  // the second is not counted yet
  }
  std::vector<std::string> names;
  for (const PodName& pod : MakePlan(world.Seen()).collect) names.push_back(pod.name);
  EXPECT_THAT(names, ElementsAre(world.Name(0), world.Name(2)));
}

TEST(JobPods, OneThatIsOverKeepsItsFinalizer) {
  Json pod{{"metadata", Json{{"finalizers", Json::array({"a/b", api::kJobTracking})}}},
           {"status", Json{{"phase", "Succeeded"}}}};
  EXPECT_FALSE(ReleaseUnlessOver(pod));
  EXPECT_THAT(pod["metadata"]["finalizers"], SizeIs(2));
  pod["status"]["phase"] = "Running";
  EXPECT_TRUE(ReleaseUnlessOver(pod));
  EXPECT_EQ(pod["metadata"]["finalizers"], Json::array({"a/b"}));
}

TEST(JobPlan, AsManyPodsAsTheNodeHasRoomFor) {
  JobWorld world(Json{{"parallelism", 2147483647}, {"completions", nullptr}});
  const Plan plan = world.Pass();
  EXPECT_EQ(static_cast<int64_t>(plan.create.size()), kDefaultPodCapacity + kWaitBeyondCapacity);
  EXPECT_THAT(world.Conditions(), ElementsAre("ReplicasHeldBack NodeCapacity"));
}

}  // namespace
}  // namespace ordinal::controllers::job
