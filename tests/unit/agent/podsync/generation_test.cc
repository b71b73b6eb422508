// What a status says of the generation it was made of, and its conditions in their order.
#include <gmock/gmock.h>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

class Generations : public ::testing::Test {
 protected:
  /// Of status, then of each condition.
  std::vector<int> Observed() {
    const Json status = host_.StatusOf();
    std::vector<int> all{status.value("observedGeneration", 0)};
    for (const Json& condition : status["conditions"]) all.push_back(condition.value("observedGeneration", 0));
    return all;
  }
  void Change(const std::function<void(Json&)>& change) {
    const auto changed = [&](Json& body) {
      change(body);
      return true;
    };
    ASSERT_TRUE(RunTask(host_.io, host_.client.Modify({"Pod", "default", "kubia-0"}, changed)).ok());
    host_.Settle();
  }

  Host host_;
};

TEST_F(Generations, AreObservedByTheStatusAndEachCondition) {
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  EXPECT_THAT(Observed(), Each(1));
  std::vector<std::string> types;
  const Json status = host_.StatusOf();
  for (const Json& condition : status["conditions"]) types.push_back(condition["type"]);
  EXPECT_THAT(types,
              ElementsAre("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"));
  Change([](Json& body) { body["metadata"]["labels"]["x"] = "y"; });
  EXPECT_THAT(Observed(), Each(1));
  Change([](Json& body) { body["spec"]["activeDeadlineSeconds"] = 1000; });
  EXPECT_THAT(Observed(), Each(2));
  Change([](Json& body) {
    body["spec"]["tolerations"].push_back({{"key", "k"}, {"operator", "Exists"}, {"effect", "NoSchedule"}});
  });
  EXPECT_THAT(Observed(), Each(3)) << "it changes nothing of the containers";
}

TEST_F(Generations, ADeletionThatTakesItsTimeIsObserved) {
  host_.runtime.Script("main", {.stop_takes = seconds(5)});
  host_.StartAgent();
  host_.Apply(Spec({}, {"main"}));
  host_.Settle();
  host_.Delete();
  host_.Pass(seconds(2));
  ASSERT_EQ(host_.Running(), "main#0");
  EXPECT_THAT(Observed(), Each(2));
  EXPECT_EQ(host_.Phase(), "Running");
}

/// A pod that an older agent stored has no generation, and its status observes none.
TEST_F(Generations, AreNotMadeUp) {
  host_.Apply(Spec({}, {"main"}));
  const api::Object stored = host_.Object();
  Json body = stored.body();
  body["metadata"].erase("generation");
  ASSERT_TRUE(RunTask(host_.io, host_.objects.Update(api::Object(body))).ok());
  host_.StartAgent();
  host_.Settle();
  ASSERT_EQ(host_.Running(), "main#0");
  EXPECT_FALSE(host_.StatusOf().contains("observedGeneration"));
  Change([](Json& document) { document["spec"]["activeDeadlineSeconds"] = 1000; });
  EXPECT_THAT(Observed(), Each(1));
}

}  // namespace
}  // namespace ordinal::podsync
