// Jobs over a memory store, with placement, ownership and a node that ends pods as the test says.
#include <gmock/gmock.h>

#include <algorithm>

#include "agent/api/kinds/job/labels.h"
#include "tests/unit/agent/controllers/cluster.h"

namespace ordinal::controllers {
namespace {

class Jobs : public Cluster {
 protected:
  static Json JobOf(const Json& spec = Json::object()) {
    Json body = Json::parse(R"({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "pi"},
      "spec": {"template": {"spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 1,
        "containers": [{"name": "main", "image": "busybox:1.35"}]}}}})");
    body["spec"].merge_patch(spec);
    return body;
  }
  void End(const std::string& pod, const char* phase) {
    Modify("Pod", pod, [&](Json& body) { body["status"]["phase"] = phase; });
  }
  bool StatusIs(const std::string& member, int64_t value) {
    return Eventually([&] { return api::ReadInt(api::Member(Get("Job", "pi"), "status"), member) == value; });
  }
  bool Holds(const std::string& type) {
    return Eventually([&] {
      const api::Job job = api::Job::From(Object(Get("Job", "pi")));
      return job.Holding(type) != nullptr;
    });
  }
  bool NoFinalizers() {
    return Eventually([&] {
      bool none = true;
      pods_.ForEach("default", [&](const Object& pod) { none = none && api::ReadMeta(pod.body()).finalizers.empty(); });
      return none;
    });
  }
};

TEST_F(Jobs, RunToTheirEnd) {
  Create(JobOf({{"completions", 2}, {"parallelism", 2}}));
  ASSERT_TRUE(StatusIs("ready", 2));
  const Json job = Get("Job", "pi");
  const std::string uid = job["metadata"]["uid"];
  EXPECT_EQ(job["spec"]["selector"]["matchLabels"], (Json{{api::kJobUidLabel, uid}}));
  for (const Object& pod : List("Pod")) {
    const api::Meta meta = api::ReadMeta(pod.body());
    EXPECT_EQ(meta.labels, (api::StringMap{{api::kJobUidLabel, uid},
                                           {api::kOldJobUidLabel, uid},
                                           {api::kJobNameLabel, "pi"},
                                           {api::kOldJobNameLabel, "pi"}}));
    EXPECT_EQ(meta.finalizers, std::vector<std::string>{api::kJobTracking});
    ASSERT_NE(meta.Controller(), nullptr);
    EXPECT_EQ(meta.Controller()->kind, "Job");
  }
  for (const std::string& pod : Names("Pod")) End(pod, "Succeeded");
  ASSERT_TRUE(Holds("Complete"));
  EXPECT_EQ(Get("Job", "pi")["status"]["succeeded"], 2);
  EXPECT_TRUE(NoFinalizers());
  EXPECT_EQ(pods_.size(), 2U) << "they stay for who wants their logs";
}

TEST_F(Jobs, FailWithTheirPods) {
  Create(JobOf({{"backoffLimit", 0}}));
  ASSERT_TRUE(StatusIs("ready", 1));
  End(Names("Pod")[0], "Failed");
  ASSERT_TRUE(Holds("Failed"));
  EXPECT_EQ(Get("Job", "pi")["status"]["failed"], 1);
  EXPECT_TRUE(NoFinalizers());
}

TEST_F(Jobs, SuspendedLoseTheirPodsAndGoOn) {
  Create(JobOf({{"completions", 2}, {"parallelism", 2}}));
  ASSERT_TRUE(StatusIs("ready", 2));
  Modify("Job", "pi", [](Json& body) { body["spec"]["suspend"] = true; });
  ASSERT_TRUE(Eventually([&] { return pods_.size() == 0; }));
  ASSERT_TRUE(Holds("Suspended"));
  Modify("Job", "pi", [](Json& body) { body["spec"]["suspend"] = false; });
  ASSERT_TRUE(StatusIs("ready", 2));
  EXPECT_FALSE(Get("Job", "pi")["status"].contains("failed"));
}

TEST_F(Jobs, DeletedTakeTheirPodsAlongOrLeaveThemUnheld) {
  Create(JobOf());
  ASSERT_TRUE(StatusIs("ready", 1));
  Delete("Job", "pi");
  ASSERT_TRUE(Eventually([&] { return pods_.size() == 0 && jobs_.size() == 0; }));

  Create(JobOf());
  ASSERT_TRUE(StatusIs("ready", 1));
  objects::DeleteOptions orphan;
  orphan.propagation = objects::Propagation::kOrphan;
  ASSERT_TRUE(RunTask(io_, client_.Delete({"Job", "default", "pi"}, orphan)).ok());
  ASSERT_TRUE(Eventually([&] { return jobs_.size() == 0; }));
  EXPECT_TRUE(NoFinalizers());
  EXPECT_EQ(pods_.size(), 1U);
  EXPECT_FALSE(List("Pod")[0].body()["metadata"].contains("ownerReferences"));
}

/// A pod that nobody owns, with a label that a job of a selector of its own asks for.
Json LabelledPod(const char* name) {
  Json body = Json::parse(R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"labels": {"a": "b"}},
    "spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "busybox:1.35"}]}})");
  body["metadata"]["name"] = name;
  return body;
}

TEST_F(Jobs, CountThePodsThatWereOverWhenTheyWereAdoptedAndAdoptNoneOnceTheyAreOver) {
  const auto runs = [this](const char* pod) { return Get("Pod", pod)["status"].value("phase", "") == "Running"; };
  Json body = JobOf({{"manualSelector", true}, {"selector", {{"matchLabels", {{"a", "b"}}}}}});
  body["spec"]["template"]["metadata"]["labels"]["a"] = "b";
  Create(LabelledPod("found"));
  ASSERT_TRUE(Eventually([&] { return runs("found"); }));
  End("found", "Succeeded");
  Create(body);
  ASSERT_TRUE(Holds("Complete"));
  EXPECT_EQ(Get("Job", "pi")["status"]["succeeded"], 1);
  ASSERT_TRUE(NoFinalizers());
  EXPECT_THAT(Names("Pod"), testing::ElementsAre("found"));
  Create(LabelledPod("later"));
  ASSERT_TRUE(Eventually([&] { return runs("later"); }));
  EXPECT_FALSE(Get("Pod", "later")["metadata"].contains("ownerReferences"));
}

TEST_F(Jobs, GoSomeTimeAfterTheirEnd) {
  Create(JobOf({{"ttlSecondsAfterFinished", 0}}));
  ASSERT_TRUE(StatusIs("ready", 1));
  End(Names("Pod")[0], "Succeeded");
  ASSERT_TRUE(Eventually([&] { return pods_.size() == 0 && jobs_.size() == 0; }));
}

TEST_F(Jobs, OfACronJobAreNotReplacedByOneThatCannotBeMade) {
  Json body = Json::parse(R"({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "tick"},
    "spec": {"schedule": "0 0 1 1 *", "concurrencyPolicy": "Replace"}})");
  body["spec"]["jobTemplate"]["spec"] = JobOf()["spec"];
  Create(body);
  const auto due_since_2020 = [this](const char* schedule) {
    Modify("CronJob", "tick", [schedule](Json& cron) {
      cron["spec"]["schedule"] = schedule;
      cron["status"]["lastScheduleTime"] = "2020-01-01T00:00:00Z";
    });
  };
  due_since_2020("0 0 1 1 *");
  ASSERT_TRUE(Eventually([&] { return jobs_.size() == 1; }));
  const std::string running = Names("Job")[0];
  ASSERT_TRUE(Eventually([&] { return Get("CronJob", "tick")["status"].value("active", Json::array()).size() == 1; }));
  // given a job of somebody else's by the name of the next
  const api::CronJob cron = api::CronJob::From(Object(Get("CronJob", "tick")));
  const api::Schedule second_of_january = api::Schedule::Parse("0 0 2 1 *").value();
  const auto missed = cronjob::MissedSince(second_of_january, *ParseTime("2020-01-01T00:00:00Z"), clock_.Now(),
                                           [](WallTime) { return 0; });
  Json other = JobOf();
  other["metadata"]["name"] = cronjob::JobFor(cron, *missed.newest)["metadata"]["name"];
  Create(other);
  due_since_2020("0 0 2 1 *");
  const auto failed = [](const std::string& event) { return event.starts_with("tick FailedCreate"); };
  ASSERT_TRUE(Eventually([&] { return std::any_of(events_.all.begin(), events_.all.end(), failed); }));
  EXPECT_FALSE(Get("Job", running)["metadata"].contains("deletionTimestamp"));
  EXPECT_THAT(Names("Job"), testing::Contains(running));
}

}  // namespace
}  // namespace ordinal::controllers
