#include "agent/http/turns.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ordinal::http {
namespace {

class TurnsTest : public testing::Test {
 protected:
  static Turns::Bounds Bounds() { return {2, 1, 3, 5, std::chrono::milliseconds(50)}; }
  /// A request of the user whose name is the first letter.
  Turn& Ask(const std::string& name) {
    asked_[name] = std::make_unique<Turn>(turns_, name.substr(0, 1), [this, name] { went_ += name + " "; });
    return *asked_[name];
  }
  void Done(const std::string& name) { asked_.erase(name); }

  asio::io_context io_;
  Turns turns_{Bounds(), io_.get_executor()};
  std::map<std::string, std::unique_ptr<Turn>> asked_;
  std::string went_;
};

TEST_F(TurnsTest, GivesSeatsToUsersInTurn) {
  for (const char* name : {"a1", "a2"}) EXPECT_FALSE(Ask(name).waits());
  for (const char* name : {"a3", "a4", "a5"}) EXPECT_TRUE(Ask(name).waits());
  EXPECT_FALSE(Ask("b1").waits()) << "the spare seat, for who has none";
  EXPECT_TRUE(Ask("b2").waits());
  EXPECT_TRUE(Ask("c1").waits());
  Done("a1");
  EXPECT_EQ(went_, "c1 ") << "all seats and the spare one are taken, but c has none";
  Done("b1");
  Done("c1");
  EXPECT_EQ(went_, "c1 b2 ") << "a has its seat, and the others' spare ones are no more";
  Done("b2");
  EXPECT_EQ(went_, "c1 b2 a3 ");
}

TEST_F(TurnsTest, RefusesWhatIsTooMuchOfAUserAndOfAll) {
  for (const char* name : {"a1", "a2", "a3", "a4", "a5"}) EXPECT_FALSE(Ask(name).refused());
  EXPECT_TRUE(Ask("a6").refused()) << "three of a user may wait";
  EXPECT_FALSE(Ask("b1").refused());
  for (const char* name : {"b2", "b3"}) EXPECT_TRUE(Ask(name).waits());
  EXPECT_TRUE(Ask("c1").refused()) << "five of all may wait";
  asked_.clear();
  EXPECT_EQ(turns_.waiting(), 0u);
  EXPECT_EQ(turns_.going(), 0u);
}

TEST_F(TurnsTest, ForgetsWhoLeavesWhileItWaits) {
  for (const char* name : {"a1", "a2", "a3", "a4"}) Ask(name);
  Done("a3");
  Done("a1");
  EXPECT_EQ(went_, "a4 ");
}

TEST_F(TurnsTest, TakesASeatBackThatIsHeldForLong) {
  for (const char* name : {"a1", "a2", "a3", "a4"}) Ask(name);
  io_.run();  // until nobody waits
  EXPECT_EQ(went_, "a3 a4 ");
  EXPECT_EQ(turns_.going(), 2u);
  for (const char* name : {"a1", "a2", "a3", "a4"}) Done(name);
  EXPECT_EQ(turns_.going(), 0u);
  EXPECT_FALSE(Ask("b1").waits());
}

TEST_F(TurnsTest, WaitsForNoTimeWhenNobodyWaits) {
  Ask("a1");
  EXPECT_EQ(io_.poll(), 0u);
  EXPECT_TRUE(io_.stopped()) << "no timer is set";
}

}  // namespace
}  // namespace ordinal::http
