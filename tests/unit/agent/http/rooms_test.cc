#include <gtest/gtest.h>

#include <vector>

#include "agent/http/answer_sizes.h"
#include "agent/http/body_room.h"
#include "agent/http/http2/frame_budget.h"
#include "agent/http/stream_room.h"

namespace ordinal::http {
namespace {

User Named(const std::string& name, bool writes) { return User{name, {}, writes}; }

TEST(StreamRoomTest, HasSoManyForAUserForReadersAndForAll) {
  StreamRoom room(5, 4, 3);
  std::vector<StreamShare> open;
  const auto begin = [&](const User& user) {
    open.emplace_back(room, user);
    return static_cast<bool>(open.back());
  };
  const User alice = Named("alice", true), bob = Named("bob", false), carol = Named("carol", true);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(begin(alice));
  EXPECT_FALSE(begin(alice)) << "three of a user";
  EXPECT_TRUE(begin(bob));
  EXPECT_FALSE(begin(bob)) << "four with those of readers";
  EXPECT_TRUE(begin(carol));
  EXPECT_FALSE(begin(carol)) << "five of all";
  open.clear();
  EXPECT_EQ(room.open(), 0u);
  EXPECT_TRUE(begin(alice));
}

TEST(StreamRoomTest, AShareMovesToAnotherRoom) {
  StreamRoom first(1, 1, 1), second(1, 1, 1);
  StreamShare share(first, Named("alice", true));
  share = StreamShare(second, Named("alice", true));
  EXPECT_TRUE(share.of(second));
  EXPECT_EQ(first.open(), 0u);
  EXPECT_EQ(second.open(), 1u);
}

TEST(BodyRoomTest, HasSoMuchForAUserAndForAll) {
  const auto room = std::make_shared<BodyRoom>(100, 60);
  auto alice = std::make_unique<BodyShare>(room, "alice");
  BodyShare also_alice(room, "alice"), bob(room, "bob");
  EXPECT_TRUE(alice->Grow(50));
  EXPECT_FALSE(also_alice.Grow(20)) << "60 of a user";
  EXPECT_FALSE(bob.Grow(51)) << "100 of all";
  EXPECT_TRUE(bob.Grow(50));
  alice.reset();
  EXPECT_TRUE(also_alice.Grow(50));
}

TEST(AnswerSizesTest, RemembersByPathAlone) {
  AnswerSizes sizes;
  sizes.Was("/api/v1/pods?limit=5", 100'000);
  EXPECT_EQ(sizes.Last("/api/v1/pods"), 100'000u);
  sizes.Was("/api/v1/pods", 10);
  EXPECT_EQ(sizes.Last("/api/v1/pods?watch=1"), 10u);
}

TEST(FrameBudgetTest, IsSpentByFloodsAndEarnedByTimeAndBytes) {
  SteadyTime now{};
  http2::FrameBudget budget(now);
  const auto taken = [&] {
    int frames = 0;
    while (budget.Spend(now)) ++frames;
    return frames;
  };
  EXPECT_EQ(taken(), 1000);
  now += std::chrono::seconds(1);
  EXPECT_NEAR(taken(), 99, 1);  // the one too many was counted
  budget.Passed(64 * 1024);
  EXPECT_NEAR(taken(), 127, 1);
  now += std::chrono::hours(1);
  EXPECT_EQ(taken(), 1000) << "no more is saved up";
}

}  // namespace
}  // namespace ordinal::http
