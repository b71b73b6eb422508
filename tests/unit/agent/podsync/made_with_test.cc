// What an older agent did not say of the containers it made.
#include "agent/podsync/made_with.h"

#include <gmock/gmock.h>

#include "agent/podsync/allocations.h"
#include "tests/fakes/fake_clock.h"
#include "tests/unit/agent/podsync/pods.h"

namespace ordinal::podsync {
namespace {

using ::testing::Pair;
using ::testing::UnorderedElementsAre;

/// "old" has an annotation that says nothing of its pod, "bare" none at all, "new" a whole one.
observe::PodState MadeByAnOlderAgent() {
  observe::PodState state;
  state.uid = kUid;
  for (const char* name : {"old", "bare", "new"}) {
    cri::Container container;
    container.id = container.name = name;
    container.state = cri::ContainerState::kRunning;
    state.containers.push_back(std::move(container));
  }
  state.containers[0].annotations[observe::kResources] = R"({"limits":{"cpu":"1"}})";
  state.containers[2].annotations[observe::kResources] = ToText(Portion());
  return state;
}

const Portion kOld{Amounts{{{"cpu", "1"}}, {}}, {}};

TEST(TakeUnknown, IsKnownToHaveNothingOfAPodThatHasNothing) {
  Allocation allocation;
  allocation.containers["old"] = kOld.own;
  std::map<std::string, Portion> actuated;
  EXPECT_TRUE(TakeUnknown(MadeByAnOlderAgent(), allocation, actuated));
  EXPECT_THAT(actuated, UnorderedElementsAre(Pair("old", kOld), Pair("bare", Portion())));
  actuated.clear();
  EXPECT_TRUE(TakeUnknown(MadeByAnOlderAgent(), Allocation(), actuated)) << "a pod without any resources";
  EXPECT_THAT(actuated, UnorderedElementsAre(Pair("old", kOld), Pair("bare", Portion())));
}

TEST(Allocations, LimitsOfAPodThatAreAddedLaterAreNotWhatItsOldContainersHave) {
  asio::io_context io;
  fakes::FakeClock clock(io);
  BlockingPool pool(1);
  const auto there = [] { return api::ResourceList{{"cpu", *api::Quantity::Parse("8")}}; };
  Allocations allocations(clock, pool, kLayout, there, MemoryFacts());
  Json spec = Spec({}, {"old", "bare", "new"});
  spec["containers"][0]["resources"]["limits"]["cpu"] = "1";
  const observe::PodState state = MadeByAnOlderAgent();
  ASSERT_FALSE(allocations.Admit(std::make_shared<const api::Pod>(PodWith(spec)), state));
  spec["resources"]["limits"]["memory"] = "4Gi";
  allocations.Want(std::make_shared<const api::Pod>(PodWith(spec)));
  ASSERT_EQ(allocations.Of(kUid).pod.limits.at("memory"), "4Gi");
  EXPECT_EQ(allocations.ActuatedOf(kUid, state.containers[0]), kOld);
  EXPECT_EQ(allocations.ActuatedOf(kUid, state.containers[1]), Portion());
  cri::Container late = state.containers[0];  // its start went on in the runtime when the pod was taken in
  late.id = "late";
  EXPECT_EQ(allocations.ActuatedOf(kUid, late), kOld);
}

}  // namespace
}  // namespace ordinal::podsync
