// What others write into a pod's status: the real workers and the real writer on a fake runtime.
#include <gmock/gmock.h>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::HasSubstr;

const store::ObjectKey kKey{"Pod", "default", "kubia-0"};

class Overwritten : public ::testing::Test {
 protected:
  void SetUp() override {
    host_.StartAgent();
    host_.Apply(Spec({}, {"main"}));
    host_.Settle();
    truth_ = host_.StatusOf();
    ASSERT_EQ(truth_["phase"], "Running");
    host_.clock.Advance(seconds(5));
  }

  /// As `kubectl patch --subresource=status` does.
  void Patch(const std::function<void(Json& status)>& change) {
    Json status = host_.StatusOf();
    change(status);
    ASSERT_NE(status, host_.StatusOf());
    const auto written = RunTask(host_.io, host_.client.UpdateStatus(kKey, "", status));
    ASSERT_TRUE(written.ok()) << written.error().message;
    ASSERT_EQ(written->body()["status"], status);
  }

  Host host_;
  Json truth_;
};

TEST_F(Overwritten, EveryFieldIsRightAgainWithinASecondAlthoughThePodDidNotChange) {
  const std::vector<std::function<void(Json&)>> lies = {
      [](Json& status) { status["phase"] = "Pending"; },
      [](Json& status) { status["podIP"] = "192.0.2.99"; },
      [](Json& status) { status["startTime"] = "2001-01-01T00:00:00Z"; },
      [](Json& status) { status.erase("containerStatuses"); },
      [](Json& status) { status["containerStatuses"][0]["restartCount"] = 77; },
      [](Json& status) { status["message"] = "not said by the node"; },
      [](Json& status) { status = Json::object(); },
      [](Json& status) {
        for (Json& condition : status["conditions"]) condition["status"] = "False";
      },
      [](Json& status) {
        for (Json& condition : status["conditions"]) condition["lastTransitionTime"] = "2001-01-01T00:00:00Z";
      },
  };
  for (size_t i = 0; i < lies.size(); ++i) {
    Patch(lies[i]);
    host_.Pass(seconds(1));
    EXPECT_EQ(host_.StatusOf(), truth_) << "lie " << i;
  }
  EXPECT_EQ(host_.Running(), "main#0");
}

TEST_F(Overwritten, TheNextReportTakesNoTimesFromIt) {
  Patch([](Json& status) {
    for (Json& condition : status["conditions"]) condition["lastTransitionTime"] = "2001-01-01T00:00:00Z";
  });
  // when the container is restarted before the status was mended
  host_.runtime.ExitContainer(host_.runtime.Find("kubia-0", "main")->id, 1);
  host_.Settle();
  ASSERT_EQ(host_.Running(), "main#1");
  const Json status = host_.StatusOf();
  for (size_t i = 0; i < status["conditions"].size(); ++i) {
    EXPECT_NE(status["conditions"][i]["lastTransitionTime"], "2001-01-01T00:00:00Z") << status["conditions"][i];
  }
  EXPECT_EQ(status["conditions"][0], truth_["conditions"][0]);  // PodReadyToStartContainers did not change
}

// The store shows a status after the next one was made already. A time taken over from the old one would be written
// back, then the other again, and so on for ever: the pod would never come to rest.
TEST_F(Overwritten, AStatusThatComesBackLateIsNoReasonToWrite) {
  host_.runtime.ExitContainer(host_.runtime.Find("kubia-0", "main")->id, 1);
  host_.Settle();  // fails when the pod does not come to rest
  const uint64_t at_rest = host_.Object().revision();
  host_.Pass(seconds(30), seconds(1));
  EXPECT_EQ(host_.Object().revision(), at_rest);
}

TEST_F(Overwritten, AChangeOfSomethingElseIsOneWrite) {
  const uint64_t before = host_.Object().revision();
  const auto labelled = RunTask(host_.io, host_.client.Modify(kKey, [](Json& pod) {
    pod["metadata"]["labels"]["a"] = "b";
    return true;
  }));
  ASSERT_TRUE(labelled.ok());
  host_.Pass(seconds(5));
  EXPECT_EQ(host_.Object().revision(), before + 1) << Json::diff(truth_, labelled->body()["status"]).dump();
}

TEST_F(Overwritten, WhatOthersOwnStays) {
  const Json gate = {{"type", "example.com/ready"}, {"status", "True"}, {"lastTransitionTime", "2026-01-01T00:00:00Z"}};
  Patch([&](Json& status) { status["conditions"].push_back(gate); });
  host_.Pass(seconds(1));
  EXPECT_EQ(host_.StatusOf()["conditions"].back(), gate);
  // and over the node's next report
  host_.runtime.ExitContainer(host_.runtime.Find("kubia-0", "main")->id, 1);
  host_.Pass(seconds(1));
  EXPECT_EQ(host_.StatusOf()["containerStatuses"][0]["restartCount"], 1);
  EXPECT_EQ(host_.StatusOf()["conditions"].back(), gate);
  EXPECT_EQ(host_.StatusOf()["conditions"].size(), 6U);
}

TEST_F(Overwritten, SomebodyWhoInsistsIsNotFoughtWithoutEnd) {
  // given another writer that puts its word in again whenever it is gone
  objects::Caches caches(host_.objects, host_.clock);
  bool writing = false;
  int written = 0;
  const auto insist = [&]() -> Task<void> {
    std::function<bool(Json&)> change = [](Json& pod) {
      pod["status"]["podIP"] = "192.0.2.99";
      return true;
    };
    const auto done = co_await host_.client.Modify(kKey, std::move(change));
    if (done.ok()) ++written;
    writing = false;
  };
  caches.Of<api::Pod>().OnChange([&](const objects::Change<api::Pod>& change) {
    if (change.last()->status.pod_ip == "192.0.2.99") return;
    if (std::exchange(writing, true)) return;
    Spawn(host_.io.get_executor(), "the other", insist());
  });
  caches.Start(host_.io.get_executor());
  host_.Pass(seconds(60), seconds(1));
  EXPECT_GT(written, 10);
  EXPECT_LT(written, 60);
}

TEST_F(Overwritten, APhaseThatEndsThePodIsAnOrder) {
  Patch([](Json& status) {
    status["phase"] = "Failed";
    status["reason"] = "Evicted";
    status["message"] = "the node is wanted for others";
  });
  host_.Pass(seconds(2));
  EXPECT_EQ(host_.Running(), "");
  EXPECT_EQ(host_.Count("StartContainer"), 1U);
  const Json status = host_.StatusOf();
  EXPECT_EQ(status["phase"], "Failed");
  EXPECT_EQ(status["reason"], "Evicted");
  EXPECT_EQ(status["message"], "the node is wanted for others");
  EXPECT_TRUE(status["containerStatuses"][0]["state"].contains("terminated")) << status["containerStatuses"];
}

}  // namespace
}  // namespace ordinal::podsync
