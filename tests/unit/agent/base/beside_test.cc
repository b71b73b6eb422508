#include "agent/base/beside.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>

namespace ordinal {
namespace {

TEST(BesideTest, GivesWhatTheWorkGave) {
  asio::io_context io(1);
  EXPECT_TRUE(Beside(io, [] { return Status(); }).Wait().ok());
  const Status refused = Beside(io, [] { return Status(MakeError(ErrorCode::kNotFound, "no such store")); }).Wait();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "no such store");
  Beside thrown(io, []() -> Status { throw std::length_error("too long"); });
  EXPECT_THROW(static_cast<void>(thrown.Wait()), std::length_error);
}

TEST(BesideTest, TheControlThreadGoesOnMeanwhile) {
  asio::io_context io(1);
  std::promise<void> ran;
  // Ends only when the control thread has run what was posted to it.
  Beside work(io, [ran = ran.get_future().share()] {
    ran.wait();
    return Status();
  });
  asio::post(io, [&ran] { ran.set_value(); });
  EXPECT_TRUE(work.Wait().ok());
}

TEST(BesideTest, TheContextRunsOnAfterwards) {
  asio::io_context io(1);
  ASSERT_TRUE(Beside(io, [] { return Status(); }).Wait().ok());
  EXPECT_FALSE(io.stopped());
  bool ran = false;
  asio::post(io, [&ran] { ran = true; });
  io.run();
  EXPECT_TRUE(ran);
}

TEST(BesideTest, WorkThatNobodyWaitsForIsFinishedAndToldToNobody) {
  asio::io_context io(1);
  bool done = false;
  {
    const Beside work(io, [&done] {
      done = true;
      return Status();
    });
  }
  EXPECT_TRUE(done);
  io.run();  // what the work posted finds nobody
}

}  // namespace
}  // namespace ordinal
