#include "agent/http/places.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

namespace ordinal::http {
namespace {

/// Two places of each kind; who has to leave is written down.
class PlacesTest : public testing::Test {
 protected:
  static Limits Two() {
    Limits limits;
    limits.silent = limits.strangers = limits.connections = 2;
    return limits;
  }
  std::unique_ptr<Place> Come(char name) {
    return std::make_unique<Place>(places_, [this, name] { gone_ += name; });
  }
  std::unique_ptr<Place> ComeAndSpeak(char name) {
    auto place = Come(name);
    place->Speaks();
    return place;
  }
  std::unique_ptr<Place> ComeAndProve(char name) {
    auto place = ComeAndSpeak(name);
    EXPECT_TRUE(place->Proves(user_));
    return place;
  }

  Places places_{Two()};
  std::string gone_;
  std::string user_ = "alice";
};

TEST_F(PlacesTest, TheLongestSilentGoesFirst) {
  const auto a = Come('a'), b = Come('b'), c = Come('c');
  EXPECT_EQ(gone_, "a");
  EXPECT_TRUE(a->left());
  EXPECT_FALSE(c->left());
}

TEST_F(PlacesTest, SilentOnesAndStrangersTakeEachOtherNoPlace) {
  const auto a = ComeAndSpeak('a'), b = ComeAndSpeak('b');
  const auto c = Come('c'), d = Come('d');
  EXPECT_EQ(gone_, "");
  const auto e = ComeAndSpeak('e');
  EXPECT_EQ(gone_, "ca") << "it was silent for a moment";
}

TEST_F(PlacesTest, StrangersSendAwayNobodyWhoProved) {
  const auto a = ComeAndProve('a');
  const auto b = ComeAndSpeak('b'), c = ComeAndSpeak('c'), d = ComeAndSpeak('d');
  EXPECT_EQ(gone_, "b");
  EXPECT_TRUE(a->known());
}

TEST_F(PlacesTest, TheLongestIdleGoesForOneWhoProves) {
  const auto a = ComeAndProve('a'), b = ComeAndProve('b');
  a->Rests();
  b->Rests();
  a->Works();
  a->Rests();
  const auto c = ComeAndProve('c');
  EXPECT_EQ(gone_, "b");
}

TEST_F(PlacesTest, NobodyAtWorkGoes) {
  const auto a = ComeAndProve('a'), b = ComeAndProve('b');
  const auto c = ComeAndSpeak('c');
  EXPECT_FALSE(c->Proves(user_));
  EXPECT_EQ(gone_, "");
  a->Rests();
  EXPECT_TRUE(c->Proves(user_));
  EXPECT_EQ(gone_, "a");
}

TEST_F(PlacesTest, AUserWithTooManyLosesItsOwnLongestIdle) {
  Limits limits = Two();
  limits.connections = 9;
  limits.user_connections = 2;
  Places places(limits);
  std::map<char, std::unique_ptr<Place>> all;
  const auto come = [&](char name, const char* user) {
    all[name] = std::make_unique<Place>(places, [this, name] { gone_ += name; });
    all[name]->Speaks();
    return all[name]->Proves(user);
  };
  EXPECT_TRUE(come('b', "bob"));
  all['b']->Rests();
  EXPECT_TRUE(come('1', "alice"));
  EXPECT_TRUE(come('2', "alice"));
  EXPECT_FALSE(come('3', "alice")) << "both of hers are at work";
  all['2']->Rests();
  EXPECT_TRUE(come('4', "alice"));
  EXPECT_EQ(gone_, "2") << "bob waits longer, and keeps his place";
  EXPECT_TRUE(come('5', "carol"));
}

TEST_F(PlacesTest, WhoLeavesMakesRoom) {
  auto a = ComeAndProve('a');
  const auto b = ComeAndProve('b');
  a.reset();
  const auto c = ComeAndProve('c');
  EXPECT_EQ(gone_, "");
  EXPECT_EQ(places_.size(), 2u);
}

TEST_F(PlacesTest, RoomIsMadeOfStrangersOnly) {
  const auto a = ComeAndProve('a');
  const auto b = ComeAndSpeak('b');
  const auto c = Come('c');
  EXPECT_TRUE(places_.MakeRoom());
  EXPECT_TRUE(places_.MakeRoom());
  EXPECT_FALSE(places_.MakeRoom());
  EXPECT_EQ(gone_, "cb");
}

TEST_F(PlacesTest, EverybodyGoesAtTheEndAndOnce) {
  const auto a = ComeAndProve('a'), b = ComeAndSpeak('b'), c = Come('c');
  places_.Clear();
  places_.Clear();
  EXPECT_EQ(gone_, "cba");
  a->Rests();
  a->Works();
  EXPECT_TRUE(a->left());
}

TEST(WithinDescriptors, KeepsTheDefaultsWhereTheyFit) {
  const Limits limits = WithinDescriptors(Limits(), 20'000);
  EXPECT_EQ(limits.silent, Limits().silent);
  EXPECT_EQ(limits.connections, Limits().connections);
}

TEST(WithinDescriptors, LeavesDescriptorsForEverythingElse) {
  const Limits limits = WithinDescriptors(Limits(), 1024);
  EXPECT_LE(limits.silent + limits.strangers + limits.connections + limits.streams, 1024u - 256);
  EXPECT_GE(limits.connections, 100u);
  EXPECT_GE(limits.streams, 50u);
}

}  // namespace
}  // namespace ordinal::http
