// How orders of the claims controller are carried out: one after another, and failed ones later each time.
#include <gmock/gmock.h>

#include "agent/controllers/claims/orders.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::controllers::claims {
namespace {

using testing::ElementsAre;

class OrdersTest : public testing::Test {
 protected:
  OrdersTest() { Spawn(io_.get_executor(), "orders", orders_.Run()); }

  /// Gives an order that ends with `status`; whether it was carried out.
  bool Carried(const Status& status) {
    const int before = carried_;
    orders_.Give("a", [this, status]() -> Task<Status> {
      ++carried_;
      co_return status;
    });
    RunReady(io_);
    return carried_ > before;
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  std::vector<std::chrono::seconds> looks_;
  Orders orders_{io_.get_executor(), clock_, "orders", [this](const std::string&, Duration delay) {
                   looks_.push_back(std::chrono::duration_cast<std::chrono::seconds>(delay));
                 }};
  int carried_ = 0;
  const Status fails_{MakeError(ErrorCode::kInternal, "no")};
  const Status waits_{MakeError(ErrorCode::kUnavailable, "in use")};
};

TEST_F(OrdersTest, AFailedOneRestsTwiceAsLongEachTimeUpToFiveMinutes) {
  for (const int seconds : {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
    ASSERT_TRUE(Carried(fails_));
    EXPECT_EQ(looks_.back(), std::chrono::seconds(seconds));
    clock_.Advance(std::chrono::seconds(seconds) - std::chrono::milliseconds(1));
    EXPECT_FALSE(Carried(fails_)) << "however often it is given";
    clock_.Advance(std::chrono::milliseconds(1));
  }
  // When it succeeds, then earlier failures are forgotten
  ASSERT_TRUE(Carried({}));
  EXPECT_EQ(looks_.back(), std::chrono::seconds(0));
  ASSERT_TRUE(Carried(fails_));
  EXPECT_EQ(looks_.back(), std::chrono::seconds(1));
}

/// Whoever gave it may have no other reason to come back.
TEST_F(OrdersTest, OneGivenTooEarlyIsAskedForAgainWhenItsRestIsOver) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE((clock_.Advance(std::chrono::seconds(4)), Carried(fails_)));
  clock_.Advance(std::chrono::seconds(1));
  looks_.clear();
  EXPECT_FALSE(Carried(fails_));
  EXPECT_THAT(looks_, ElementsAre(std::chrono::seconds(3))) << "of four one has passed";
}

TEST_F(OrdersTest, WaitingForSomebodyIsNoFailure) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Carried(waits_));
    EXPECT_EQ(looks_.back(), std::chrono::seconds(1));
    clock_.Advance(std::chrono::seconds(1));
  }
}

TEST_F(OrdersTest, AnotherObjectOfThatNameDoesNotRest) {
  ASSERT_TRUE(Carried(fails_));
  ASSERT_FALSE(Carried(fails_));
  orders_.Forget("a");
  EXPECT_TRUE(Carried(fails_));
}

TEST_F(OrdersTest, OneRunsAtATimeAndOfOneNameOnlyOne) {
  std::vector<std::string> done;
  for (const std::string name : {"a", "a", "b"}) {
    orders_.Give(name, [this, name, &done]() -> Task<Status> {
      done.push_back(name + "+");
      co_await Sleep(clock_, std::chrono::seconds(1));
      done.push_back(name + "-");
      co_return Status();
    });
  }
  RunReady(io_);
  EXPECT_THAT(orders_.open(), ElementsAre("a", "b"));
  clock_.Advance(std::chrono::seconds(2));
  EXPECT_THAT(done, ElementsAre("a+", "a-", "b+", "b-"));
  EXPECT_TRUE(orders_.open().empty());
}

}  // namespace
}  // namespace ordinal::controllers::claims
