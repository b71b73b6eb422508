// How a job comes to its end, beyond the usual ways: what counts as a failure, what was decided, and time to live.
#include <gmock/gmock.h>

#include "agent/controllers/job/policies.h"
#include "tests/unit/agent/controllers/job_world.h"

namespace ordinal::controllers::job {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(JobEnds, WithNothingToCompleteItIsCompleteAtOnce) {
  JobWorld world(Json{{"completions", 0}});
  EXPECT_THAT(world.Pass().create, IsEmpty());
  EXPECT_THAT(world.Conditions(), ElementsAre("SuccessCriteriaMet CompletionsReached", "Complete CompletionsReached"));
  EXPECT_EQ(world.status()["completionTime"], FormatTime(world.now));
}

TEST(JobEnds, ParallelismOfZeroHoldsItAndIsNoSuspension) {
  JobWorld world(Json{{"parallelism", 0}, {"completions", 2}});
  world.Settle();
  EXPECT_EQ(world.Active(), 0);
  EXPECT_THAT(world.Conditions(), IsEmpty());
  EXPECT_TRUE(world.status().contains("startTime")) << "its deadline runs";
  world.job["spec"]["parallelism"] = 2;
  EXPECT_THAT(world.Pass().create, SizeIs(2));
}

struct RestartCase {
  const char* what;
  int64_t limit;
  const char* pod_status;
  bool fails;
};

TEST(JobEnds, RestartsOfPodsThatAreNotOverCountAgainstTheLimit) {
  const RestartCase cases[] = {
      {"one is too many for none", 0, R"({"containerStatuses": [{"name": "main", "restartCount": 1}]})", true},
      {"none is not", 0, R"({"containerStatuses": [{"name": "main", "restartCount": 0}]})", false},
      {"those of init containers too", 2,
       R"({"containerStatuses": [{"name": "main", "restartCount": 1}],
           "initContainerStatuses": [{"name": "init", "restartCount": 1}]})",
       true},
      {"of a pod that waits too", 1,
       R"({"phase": "Pending", "initContainerStatuses": [{"name": "init", "restartCount": 1}]})", true},
      {"of one that succeeded none", 1,
       R"({"phase": "Succeeded", "containerStatuses": [{"name": "main", "restartCount": 9}]})", false},
  };
  for (const RestartCase& each : cases) {
    JobWorld world(Json{{"backoffLimit", each.limit},
                        {"completions", 2},
                        {"template", Json{{"spec", Json{{"restartPolicy", "OnFailure"}}}}}});
    world.Pass();
    world.Run(world.Name(0));
    world.pods[world.Name(0)]["status"].merge_patch(Json::parse(each.pod_status));
    world.Pass();
    const auto conditions = world.Conditions();
    EXPECT_EQ(!conditions.empty(), each.fails) << each.what;
    if (each.fails) {
      EXPECT_EQ(conditions[0], "FailureTarget BackoffLimitExceeded") << each.what;
    }
  }
  JobWorld never(Json{{"backoffLimit", 0}});
  never.Pass();
  never.Run(never.Name(0));
  never.pods[never.Name(0)]["status"]["containerStatuses"] =
      Json::array({Json{{"name", "main"}, {"restartCount", 1}, {"state", Json::object()}}});
  never.Pass();
  EXPECT_THAT(never.Conditions(), IsEmpty()) << "with restartPolicy Never only pods count";
}

TEST(JobEnds, ReadyAndTerminatingPodsAreCountedApart) {
  JobWorld world(Json{{"parallelism", 3}, {"completions", 3}, {"podReplacementPolicy", "Failed"}});
  world.Pass();
  EXPECT_EQ(world.status()["ready"], 0);
  world.Run(world.Name(0));
  world.Run(world.Name(1), false);
  world.Pass();
  EXPECT_EQ(world.status()["active"], 3);
  EXPECT_EQ(world.status()["ready"], 1);
  EXPECT_EQ(world.status()["terminating"], 0);
  world.Delete(world.Name(0));
  world.Pass();
  EXPECT_EQ(world.status()["active"], 2);
  EXPECT_EQ(world.status()["ready"], 0);
  EXPECT_EQ(world.status()["terminating"], 1);
}

TEST(JobEnds, WhatWasDecidedStaysWhateverItsPodsDoAfterwards) {
  JobWorld failing(Json{{"backoffLimit", 0}, {"parallelism", 2}, {"completions", 2}});
  failing.Pass();
  failing.Run(failing.Name(1));
  failing.End(failing.Name(0), 1);
  failing.Pass();
  ASSERT_THAT(failing.Conditions(), ElementsAre("FailureTarget BackoffLimitExceeded"));
  failing.job["spec"]["backoffLimit"] = 6;
  failing.End(failing.Name(1), 0);
  failing.Settle();
  EXPECT_THAT(failing.Conditions(), ElementsAre("FailureTarget BackoffLimitExceeded", "Failed BackoffLimitExceeded"));

  Json rules = Json::parse(R"([{"succeededIndexes": "0"}])");
  JobWorld succeeding(Json{{"completionMode", "Indexed"},
                           {"completions", 2},
                           {"parallelism", 2},
                           {"backoffLimit", 0},
                           {"successPolicy", Json{{"rules", rules}}}});
  succeeding.Pass();
  succeeding.Run(succeeding.Name(1));
  succeeding.End(succeeding.Name(0), 0);
  succeeding.Pass();
  ASSERT_THAT(succeeding.Conditions(), ElementsAre("SuccessCriteriaMet SuccessPolicy"));
  succeeding.End(succeeding.Name(1), 1);
  succeeding.Settle();
  EXPECT_THAT(succeeding.Conditions(), ElementsAre("SuccessCriteriaMet SuccessPolicy", "Complete SuccessPolicy"));
}

TEST(JobEnds, TimeToLiveCountsForFailuresAndMayChangeAfterTheEnd) {
  for (const int code : {0, 1}) {
    JobWorld world(Json{{"backoffLimit", 0}});
    world.Pass();
    world.End(world.Name(0), code);
    world.Settle();
    world.now += minutes(10);
    EXPECT_FALSE(world.Pass().remove_job) << "without one it stays";
    world.job["spec"]["ttlSecondsAfterFinished"] = 601;
    Plan plan = world.Pass();
    EXPECT_FALSE(plan.remove_job);
    EXPECT_EQ(plan.look_again, Duration(seconds(1)));
    world.job["spec"]["ttlSecondsAfterFinished"] = 600;
    EXPECT_TRUE(world.Pass().remove_job);
  }
}

TEST(JobEnds, OneThatSomebodyElseManagesStillGoesInItsTime) {
  JobWorld world(Json{{"managedBy", "example.com/queue"}, {"ttlSecondsAfterFinished", 5}});
  world.job["status"]["conditions"] = Json::array(
      {Json{{"type", "Complete"}, {"status", "True"}, {"lastTransitionTime", FormatTime(world.now - seconds(5))}}});
  const Plan plan = world.Pass();
  EXPECT_TRUE(plan.remove_job);
  EXPECT_THAT(plan.create, IsEmpty());
}

TEST(JobEnds, ADeadlineWaitsForItsPodsToBeGone) {
  JobWorld world(Json{{"activeDeadlineSeconds", 60}});
  world.Pass();
  world.Run(world.Name(0));
  world.now += seconds(60);
  world.Settle();
  EXPECT_THAT(world.Conditions(), ElementsAre("FailureTarget DeadlineExceeded")) << "its pod is still going";
  world.EndDeletion(world.Name(0));
  std::vector<std::string> said;
  for (int pass = 0; pass < 3; ++pass) {
    for (const Saying& saying : world.Pass().says) said.push_back((saying.warning ? "! " : "") + saying.reason);
  }
  EXPECT_THAT(said, ElementsAre("! DeadlineExceeded"));
  EXPECT_THAT(world.Conditions(), ElementsAre("FailureTarget DeadlineExceeded", "Failed DeadlineExceeded"));
  EXPECT_EQ(world.status()["failed"], 1);
}

/// The statuses of a pod whose containers ended so: "main=1", "init:setup=3".
Json EndedStatuses(const std::vector<std::pair<std::string, int>>& containers) {
  Json status{{"phase", "Failed"}};
  for (const auto& [name, code] : containers) {
    const bool init = name.starts_with("init:");
    Json one{{"name", init ? name.substr(5) : name}, {"state", Json{{"terminated", Json{{"exitCode", code}}}}}};
    status[init ? "initContainerStatuses" : "containerStatuses"].push_back(std::move(one));
  }
  return status;
}

struct PolicyFit {
  const char* what;
  const char* rule;  ///< of action FailJob
  Json pod_status;
  bool fits;
};

TEST(FailurePolicy, RulesFitByCodesOfContainersAndByConditions) {
  const char* any = R"({"onExitCodes": {"operator": "In", "values": [3]}})";
  const char* not_in = R"({"onExitCodes": {"operator": "NotIn", "values": [1]}})";
  const char* of_side = R"({"onExitCodes": {"containerName": "side", "operator": "In", "values": [3]}})";
  const char* not_ready = R"({"onPodConditions": [{"type": "ConfigIssue", "status": "False"}]})";
  const char* either = R"({"onPodConditions": [{"type": "A"}, {"type": "DisruptionTarget"}]})";
  const auto conditions = [](const char* type, const char* status) {
    Json body{{"phase", "Failed"}};
    body["conditions"] = Json::array({Json{{"type", type}, {"status", status}}});
    return body;
  };
  const PolicyFit cases[] = {
      {"any container", any, EndedStatuses({{"main", 0}, {"side", 3}}), true},
      {"an init container too", any, EndedStatuses({{"init:setup", 3}}), true},
      {"another code", any, EndedStatuses({{"main", 4}}), false},
      {"the container that is named", of_side, EndedStatuses({{"main", 3}, {"side", 1}}), false},
      {"it alone", of_side, EndedStatuses({{"main", 1}, {"side", 3}}), true},
      {"success is in no list and fits no NotIn", not_in, EndedStatuses({{"main", 0}}), false},
      {"every other code does", not_in, EndedStatuses({{"main", 0}, {"side", 2}}), true},
      {"a condition by its status", not_ready, conditions("ConfigIssue", "False"), true},
      {"of another status", not_ready, conditions("ConfigIssue", "True"), false},
      {"True where none is said", either, conditions("DisruptionTarget", "True"), true},
      {"and nothing else", either, conditions("DisruptionTarget", "Unknown"), false},
      {"no condition at all", either, EndedStatuses({{"main", 1}}), false},
  };
  for (const PolicyFit& each : cases) {
    Json rule = Json::parse(each.rule);
    rule["action"] = "FailJob";
    JobWorld world(Json{{"podFailurePolicy", Json{{"rules", Json::array({rule})}}}});
    world.Pass();
    world.pods[world.Name(0)]["status"] = each.pod_status;
    const Observed seen = world.Seen();
    EXPECT_EQ(JudgeFailure(seen.job, seen.pods[0]).fails_job.has_value(), each.fits) << each.what;
  }
}

TEST(FailurePolicy, IsAskedBeforeTheLimitOfFailures) {
  JobWorld world(Json{{"backoffLimit", 0},
                      {"podReplacementPolicy", "Failed"},
                      {"podFailurePolicy", Json::parse(R"({"rules": [{"action": "FailJob",
                         "onExitCodes": {"operator": "In", "values": [42]}}]})")}});
  world.Pass();
  world.End(world.Name(0), 42);
  world.Pass();
  EXPECT_THAT(world.Conditions(), ElementsAre("FailureTarget PodFailurePolicy"));
}

TEST(FailurePolicy, WithALimitPerIndexWhatIsIgnoredIsCountedApart) {
  JobWorld world(Json{{"completionMode", "Indexed"},
                      {"completions", 1},
                      {"backoffLimitPerIndex", 1},
                      {"backoffLimit", 2147483647},
                      {"podReplacementPolicy", "Failed"},
                      {"podFailurePolicy", Json::parse(R"({"rules": [{"action": "Ignore",
                         "onPodConditions": [{"type": "DisruptionTarget"}]}]})")}});
  world.Pass();
  for (int round = 0; round < 3; ++round) {
    world.End(world.Name(round), 137);
    world.pods[world.Name(round)]["status"]["conditions"].push_back(
        Json{{"type", "DisruptionTarget"}, {"status", "True"}});
    world.now += minutes(10);
    ASSERT_THAT(world.Pass().create, SizeIs(1)) << round;
  }
  const Json& annotations = world.pods[world.Name(3)]["metadata"]["annotations"];
  EXPECT_EQ(annotations[api::kIndexFailures], "0");
  EXPECT_EQ(annotations[api::kIndexIgnoredFailures], "3");
  EXPECT_FALSE(world.status().contains("failed"));
}

TEST(ElasticJob, ShrunkItDropsTheIndexesBeyondAndGrownItMakesThemAgain) {
  JobWorld world(Json{{"completionMode", "Indexed"}, {"completions", 4}, {"parallelism", 4}});
  world.Pass();
  world.End(world.Name(0), 0);
  world.End(world.Name(3), 0);
  world.Settle();
  ASSERT_EQ(world.status()["completedIndexes"], "0,3");
  world.job["spec"]["completions"] = world.job["spec"]["parallelism"] = 2;
  world.Settle();
  EXPECT_EQ(world.status()["completedIndexes"], "0");
  EXPECT_EQ(world.status()["succeeded"], 1);
  EXPECT_EQ(world.Active(), 1) << "index 1; index 2 is not one of the job's any more";
  EXPECT_FALSE(world.status().contains("failed"));
  world.job["spec"]["completions"] = world.job["spec"]["parallelism"] = 4;
  world.Settle();
  EXPECT_EQ(world.Active(), 3) << "index 3 succeeded once, and is to be done again";
  world.job["spec"]["completions"] = world.job["spec"]["parallelism"] = 1;
  world.Settle();
  EXPECT_THAT(world.Conditions().front(), HasSubstr("CompletionsReached")) << "what is left of it is done";
}

}  // namespace
}  // namespace ordinal::controllers::job
