// When watches are called.
#include "agent/apiserver/watch/rings.h"

#include <gmock/gmock.h>

#include "tests/fakes/fake_clock.h"

namespace ordinal::apiserver::watch {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class RingsTest : public testing::Test {
 protected:
  std::unique_ptr<Ring> In(seconds delay, const std::string& name) {
    auto ring = std::make_unique<Ring>(rings_, [this, name] { rang_.push_back(name); });
    ring->Set(clock_.Steady() + delay);
    return ring;
  }
  std::vector<std::string> Advance(seconds by) {
    rang_.clear();
    clock_.Advance(by);
    return rang_;
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  Rings rings_{clock_};
  std::vector<std::string> rang_;
};

TEST_F(RingsTest, CallEachOnceAtItsMoment) {
  const auto late = In(seconds(5), "late"), early = In(seconds(2), "early"), same = In(seconds(2), "same");
  EXPECT_THAT(Advance(seconds(1)), IsEmpty());
  EXPECT_THAT(Advance(seconds(1)), ElementsAre("early", "same"));
  EXPECT_THAT(Advance(seconds(2)), IsEmpty());
  EXPECT_THAT(Advance(seconds(1)), ElementsAre("late"));
  EXPECT_EQ(clock_.Pending(), 0U);
}

TEST_F(RingsTest, HaveOneTimerForAll) {
  const auto first = In(seconds(5), "first"), second = In(seconds(7), "second"), third = In(seconds(3), "third");
  EXPECT_EQ(clock_.Pending(), 1U);
}

TEST_F(RingsTest, CallAtTheMomentThatWasSetLast) {
  const auto ring = In(seconds(2), "ring");
  ring->Set(clock_.Steady() + seconds(4));
  EXPECT_THAT(Advance(seconds(3)), IsEmpty());
  EXPECT_THAT(Advance(seconds(1)), ElementsAre("ring"));
}

TEST_F(RingsTest, DoNotCallWhoIsGone) {
  auto gone = In(seconds(2), "gone");
  const auto stays = In(seconds(3), "stays");
  gone.reset();
  EXPECT_THAT(Advance(seconds(3)), ElementsAre("stays"));
}

TEST_F(RingsTest, MayBeSetAnewWhileTheyCall) {
  std::unique_ptr<Ring> ring;
  int rang = 0;
  ring = std::make_unique<Ring>(rings_, [&] {
    ++rang;
    ring->Set(clock_.Steady() + seconds(1));
  });
  ring->Set(clock_.Steady() + seconds(1));
  clock_.Advance(seconds(10));
  EXPECT_EQ(rang, 10);
}

}  // namespace
}  // namespace ordinal::apiserver::watch
