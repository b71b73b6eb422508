// The state directory's disk: when pressure begins and ends, who is told, and how it comes right by itself.
#include "agent/node/state_disk.h"

#include <gmock/gmock.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::node {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr uint64_t kMiB = 1024 * 1024;

class StateDiskTest : public testing::Test {
 protected:
  void Look() { RunTask(io_, disk_.Look()); }
  static Error Full() { return MakeError(ErrorCode::kUnavailable, "no space left on the disk of /state"); }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  std::optional<Error> failure_, trouble_;
  bool writable_ = true;
  int probes_ = 0;
  store::DiskSpace space_{100'000 * kMiB, 50'000 * kMiB, true};
  std::vector<std::string> told_;
  StateDisk disk_{clock_,
                  {[this] { return failure_; },
                   [this]() -> Task<Status> {
                     ++probes_;
                     if (writable_) failure_.reset();
                     co_return writable_ ? Status() : Status(Full());
                   },
                   [this] { return trouble_; }, [this] { return space_; }},
                  [this](const std::string& why) { told_.push_back(why); }};
};

TEST_F(StateDiskTest, ADiskWithRoomIsNotSpokenOfAndNotWritten) {
  for (int i = 0; i < 10; ++i) Look();
  EXPECT_EQ(disk_.Trouble(), "");
  EXPECT_EQ(disk_.pressure(), "");
  EXPECT_EQ(probes_, 0);
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(StateDiskTest, AStoreThatCannotBeWrittenIsToldOnceAndComesRightByItself) {
  Spawn(io_.get_executor(), "disk", disk_.Run());
  RunReady(io_);
  // given a commit that failed
  failure_ = Full();
  writable_ = false;
  EXPECT_THAT(disk_.Trouble(), HasSubstr("no space left")) << "at once";
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_GE(probes_, 10);
  EXPECT_THAT(told_, ElementsAre(HasSubstr("no space left")));
  EXPECT_THAT(disk_.pressure(), HasSubstr("no space left"));
  // when there is room again
  writable_ = true;
  clock_.Advance(StateDisk::kLook);
  EXPECT_EQ(disk_.Trouble(), "");
  EXPECT_THAT(told_, ElementsAre(HasSubstr("no space left"), ""));
}

TEST_F(StateDiskTest, WhatCanBeSeenWithoutWritingIsTroubleToo) {
  trouble_ = Full();
  EXPECT_THAT(disk_.Trouble(), HasSubstr("no space left"));
  Look();
  EXPECT_THAT(disk_.pressure(), HasSubstr("no space left"));
}

TEST_F(StateDiskTest, LittleSpaceIsPressureAndEndsWithSomeMore) {
  struct Case {
    uint64_t total, free;
    bool before, pressure;
  };
  const std::vector<Case> cases = {
      {100'000, 64, false, false}, {100'000, 63, false, true}, {100'000, 95, true, true}, {100'000, 96, true, false},
      {100, 5, false, false},      {100, 4, false, true},      {100, 7, true, true},      {100, 8, true, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.free);
    space_ = {100'000 * kMiB, (c.before ? 1 : 50'000) * kMiB, true};
    Look();
    ASSERT_EQ(!disk_.pressure().empty(), c.before);
    space_ = {c.total * kMiB, c.free * kMiB, true};
    Look();
    EXPECT_EQ(!disk_.pressure().empty(), c.pressure);
    EXPECT_EQ(disk_.Trouble(), "") << "it can still be written";
  }
}

}  // namespace
}  // namespace ordinal::node
