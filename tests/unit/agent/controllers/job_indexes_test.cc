// Indexed jobs, and what the policies of failure and success mean.
#include <gmock/gmock.h>

#include "agent/controllers/job/policies.h"
#include "tests/unit/agent/controllers/job_world.h"

namespace ordinal::controllers::job {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Json IndexedSpec(int completions, int parallelism, const Json& more = Json::object()) {
  Json spec{{"completionMode", "Indexed"}, {"completions", completions}, {"parallelism", parallelism}};
  spec.merge_patch(more);
  return spec;
}

std::vector<int64_t> Indexes(const Plan& plan) {
  std::vector<int64_t> indexes;
  for (const NewPod& pod : plan.create) indexes.push_back(pod.index.value_or(-1));
  return indexes;
}

TEST(IndexedJob, PodsKnowTheirIndex) {
  JobWorld world(IndexedSpec(3, 2));
  EXPECT_THAT(Indexes(world.Pass()), ElementsAre(0, 1));
  const Json& pod = world.pods[world.Name(1)];
  EXPECT_EQ(pod["metadata"]["generateName"], "pi-1-");
  EXPECT_EQ(pod["metadata"]["labels"][api::kCompletionIndex], "1");
  EXPECT_EQ(pod["metadata"]["annotations"][api::kCompletionIndex], "1");
  EXPECT_EQ(pod["spec"]["hostname"], "pi-1");
  const Json& variable = pod["spec"]["containers"][0]["env"][0];
  EXPECT_EQ(variable["name"], "JOB_COMPLETION_INDEX");
  EXPECT_EQ(variable["valueFrom"]["fieldRef"]["fieldPath"],
            "metadata.labels['batch.kubernetes.io/job-completion-index']");
}

TEST(IndexedJob, AVariableOfThatNameIsLeftAlone) {
  Json job = JobBody(IndexedSpec(1, 1));
  job["spec"]["template"]["spec"]["containers"][0]["env"] =
      Json::array({Json{{"name", "JOB_COMPLETION_INDEX"}, {"value", "x"}}});
  const Json pod = PodOf(api::Job::From(Object(job)), NewPod{0, std::nullopt});
  EXPECT_EQ(pod["spec"]["containers"][0]["env"], job["spec"]["template"]["spec"]["containers"][0]["env"]);
}

TEST(IndexedJob, EachIndexSucceedsOnceAndAFailedOneIsTriedAgain) {
  JobWorld world(IndexedSpec(3, 3));
  world.Pass();
  world.End(world.Name(0), 0);
  world.now += seconds(1);
  world.End(world.Name(1), 1);
  world.Settle();
  EXPECT_EQ(world.status()["completedIndexes"], "0");
  EXPECT_EQ(world.status()["succeeded"], 1);
  EXPECT_EQ(world.status()["failed"], 1);
  world.now += seconds(10);
  EXPECT_THAT(Indexes(world.Pass()), ElementsAre(1));
  world.End(world.Name(2), 0);
  world.End(world.Name(3), 0);
  world.Settle();
  EXPECT_EQ(world.status()["completedIndexes"], "0-2");
  EXPECT_THAT(world.Conditions().back(), "Complete CompletionsReached");
}

TEST(IndexedJob, TwoPodsOfOneIndexAreOneTooMany) {
  JobWorld world(IndexedSpec(2, 2));
  world.Pass();
  world.Run(world.Name(0));
  world.Create(NewPod{0, std::nullopt});
  world.Create(NewPod{7, std::nullopt});  // of no index of the job
  const Plan plan = world.Pass();
  ASSERT_THAT(plan.drop, SizeIs(2));
  EXPECT_THAT((std::set<std::string>{plan.drop[0].name, plan.drop[1].name}), ElementsAre(world.Name(2), world.Name(3)));
}

TEST(IndexedJob, WithALimitPerIndexTheOthersGoOn) {
  JobWorld world(IndexedSpec(3, 3, {{"backoffLimitPerIndex", 1}, {"backoffLimit", 2147483647}}));
  world.Pass();
  EXPECT_EQ(world.pods[world.Name(0)]["metadata"]["annotations"][api::kIndexFailures], "0");
  world.End(world.Name(0), 1);
  world.Settle();
  EXPECT_TRUE(world.pods[world.Name(0)]["metadata"].contains("finalizers")) << "its count is handed on first";
  EXPECT_EQ(world.Pass().look_again, Duration(seconds(10)));
  world.now += seconds(10);
  EXPECT_THAT(Indexes(world.Pass()), ElementsAre(0));
  EXPECT_EQ(world.pods[world.Name(3)]["metadata"]["annotations"][api::kIndexFailures], "1");
  world.Settle();
  EXPECT_EQ(world.status()["failed"], 1);
  world.End(world.Name(3), 1);
  world.Settle();
  EXPECT_EQ(world.status()["failedIndexes"], "0");
  EXPECT_EQ(world.status()["failed"], 2);
  EXPECT_THAT(world.Conditions(), IsEmpty()) << "the other indexes go on";
  world.End(world.Name(1), 0);
  world.End(world.Name(2), 0);
  world.Settle();
  EXPECT_EQ(world.status()["completedIndexes"], "1,2");
  EXPECT_THAT(world.Conditions(), ElementsAre("FailureTarget FailedIndexes", "Failed FailedIndexes"));
}

TEST(IndexedJob, MoreFailedIndexesThanAllowedFailTheJob) {
  JobWorld world(
      IndexedSpec(4, 4, {{"backoffLimitPerIndex", 0}, {"maxFailedIndexes", 1}, {"backoffLimit", 2147483647}}));
  world.Pass();
  world.End(world.Name(0), 1);
  world.Settle();
  EXPECT_THAT(world.Conditions(), IsEmpty());
  world.End(world.Name(1), 1);
  world.Pass();
  EXPECT_THAT(world.Conditions(), ElementsAre("FailureTarget MaxFailedIndexesExceeded"));
}

TEST(IndexedJob, ReplacingOnlyWhatIsOverItWaitsForTheIndexToBeFree) {
  JobWorld world(IndexedSpec(2, 2, {{"podReplacementPolicy", "Failed"}}));
  world.Pass();
  world.Run(world.Name(0));
  world.Delete(world.Name(0));
  world.Settle();
  world.now += seconds(30);
  EXPECT_THAT(world.Pass().create, IsEmpty());
  world.EndDeletion(world.Name(0));
  EXPECT_THAT(Indexes(world.Pass()), ElementsAre(0));
}

TEST(IndexedJob, SucceedsWhenARuleOfItsSuccessPolicyIsMet) {
  Json rules = Json::parse(R"([{"succeededIndexes": "0,2-3", "succeededCount": 2}, {"succeededCount": 4}])");
  JobWorld world(IndexedSpec(5, 5, {{"successPolicy", Json{{"rules", rules}}}}));
  world.Pass();
  world.Run(world.Name(4));
  world.End(world.Name(1), 0);
  world.End(world.Name(3), 0);
  world.Settle();
  EXPECT_THAT(world.Conditions(), IsEmpty());
  world.End(world.Name(2), 0);
  const Plan plan = world.Pass();
  EXPECT_THAT(plan.end, SizeIs(2)) << "the others are not needed any more";
  EXPECT_THAT(world.Conditions(), ElementsAre("SuccessCriteriaMet SuccessPolicy"));
  world.EndDeletion(world.Name(0));
  world.EndDeletion(world.Name(4));
  world.Settle();
  EXPECT_THAT(world.Conditions(), ElementsAre("SuccessCriteriaMet SuccessPolicy", "Complete SuccessPolicy"));
  EXPECT_FALSE(world.status().contains("failed")) << "pods of a job that succeeded did not fail";
  EXPECT_EQ(world.status()["completedIndexes"], "1-3");
}

Json FailurePolicy(const char* rules) {
  return Json{{"podFailurePolicy", Json{{"rules", Json::parse(rules)}}}, {"podReplacementPolicy", "Failed"}};
}

TEST(FailurePolicy, FailJobEndsTheJobAtOnce) {
  JobWorld world(FailurePolicy(
      R"([{"action": "FailJob", "onExitCodes": {"containerName": "main", "operator": "In", "values": [42]}}])"));
  world.Pass();
  world.End(world.Name(0), 42);
  world.Settle();
  EXPECT_THAT(world.Conditions(), ElementsAre("FailureTarget PodFailurePolicy", "Failed PodFailurePolicy"));
  EXPECT_THAT(world.status()["conditions"][0]["message"].get<std::string>(),
              HasSubstr("failed with exit code 42 matching FailJob rule at index 0"));
}

TEST(FailurePolicy, IgnoredFailuresCountForNothing) {
  Json spec =
      FailurePolicy(R"([{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}])");
  spec["backoffLimit"] = 0;
  JobWorld world(spec);
  world.Pass();
  world.End(world.Name(0), 137);
  world.pods[world.Name(0)]["status"]["conditions"].push_back(Json{{"type", "DisruptionTarget"}, {"status", "True"}});
  world.Settle();
  EXPECT_FALSE(world.status().contains("failed"));
  EXPECT_THAT(world.Conditions(), IsEmpty());
  world.now += seconds(10);
  EXPECT_THAT(world.Pass().create, SizeIs(1)) << "it is made anew, after the wait of a failure";
  world.End(world.Name(1), 1);
  world.Settle();
  EXPECT_THAT(world.Conditions().back(), "Failed BackoffLimitExceeded");
}

TEST(FailurePolicy, FailIndexEndsTheIndexAtOnce) {
  Json spec = IndexedSpec(
      2, 2, FailurePolicy(R"([{"action": "FailIndex", "onExitCodes": {"operator": "NotIn", "values": [1]}}])"));
  spec.merge_patch(Json{{"backoffLimitPerIndex", 5}, {"backoffLimit", 2147483647}});
  JobWorld world(spec);
  world.Pass();
  world.End(world.Name(0), 1);
  world.End(world.Name(1), 2);
  world.Settle();
  EXPECT_EQ(world.status()["failedIndexes"], "1");
}

TEST(FailurePolicy, TheFirstRuleThatFitsCounts) {
  JobWorld world(FailurePolicy(R"([{"action": "Count", "onExitCodes": {"operator": "In", "values": [1, 2]}},
                                   {"action": "FailJob", "onExitCodes": {"operator": "NotIn", "values": [3]}}])"));
  world.Pass();
  world.End(world.Name(0), 2);
  const Observed seen = world.Seen();
  EXPECT_FALSE(JudgeFailure(seen.job, seen.pods[0]).fails_job);
  world.End(world.Name(0), 3);
  const Observed third = world.Seen();
  EXPECT_FALSE(JudgeFailure(third.job, third.pods[0]).fails_job) << "listed for NotIn: it does not fit";
  world.End(world.Name(0), 4);
  const Observed fourth = world.Seen();
  EXPECT_TRUE(JudgeFailure(fourth.job, fourth.pods[0]).fails_job.has_value());
}

}  // namespace
}  // namespace ordinal::controllers::job
