#include "agent/node/logs/rotation_plan.h"

#include <gmock/gmock.h>

namespace ordinal::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kA[] = "0.log.20260101-000001", kB[] = "0.log.20260101-000002", kC[] = "0.log.20260101-000003",
               kD[] = "0.log.20260101-000004";
const WallTime kNow = *ParseTime("2026-01-01T12:00:00Z");

std::string Gz(const std::string& part) { return part + ".gz"; }
std::string Draft(const std::string& part) { return part + ".tmp"; }

RotationPlan Plan(const std::vector<std::string>& beside, bool due = true, int64_t max_files = 5,
                  const std::set<std::string>& compressing = {}) {
  LogLimits limits;
  limits.max_files = max_files;
  return PlanRotation("0.log", beside, due, limits, compressing, kNow);
}

TEST(LogRotationPlan, TheFirstRotationOnlyRenames) {
  const RotationPlan plan = Plan({});
  EXPECT_EQ(plan.rename_to, "0.log.20260101-120000");
  EXPECT_THAT(plan.remove, IsEmpty());
  EXPECT_THAT(plan.compress, IsEmpty()) << "the newest part stays plain";
}

TEST(LogRotationPlan, TheOneBeforeIsCompressedAndTheOldestGoes) {
  const RotationPlan plan = Plan({Gz(kB), kD, Gz(kC), Gz(kA)});
  EXPECT_EQ(plan.rename_to, "0.log.20260101-120000");
  EXPECT_THAT(plan.remove, ElementsAre(Gz(kA))) << "B, C, D, the new one and the log are five";
  EXPECT_THAT(plan.compress, ElementsAre(kD));
}

TEST(LogRotationPlan, KeepsNoMoreFilesThanTheLimit) {
  const std::vector<std::string> beside = {Gz(kA), Gz(kB), Gz(kC), kD};
  const struct {
    int64_t files;
    bool due;
    size_t removed;
  } kCases[] = {{2, true, 4}, {3, true, 3}, {5, true, 1}, {6, true, 0}, {2, false, 3}, {5, false, 0}};
  for (const auto& [files, due, removed] : kCases) {
    EXPECT_EQ(Plan(beside, due, files).remove.size(), removed) << files << due;
  }
  EXPECT_THAT(Plan(beside, true, 2).compress, IsEmpty()) << "what was removed is not compressed";
}

TEST(LogRotationPlan, WhatAKillLeftIsTidiedUp) {
  // given a draft without its part, a part whose compressed form is whole, one whose draft is not, and a plain one
  const RotationPlan plan = Plan({Draft(kA), kB, Gz(kB), kC, Draft(kC), kD}, false);
  EXPECT_THAT(plan.remove, ElementsAre(Draft(kA), kB, Draft(kC)));
  EXPECT_EQ(plan.rename_to, "");
  EXPECT_THAT(plan.compress, ElementsAre(kC)) << "the newest stays plain, as no newer one is made";
  // A draft that stands alone is no part, and no newest one.
  EXPECT_THAT(Plan({kA, kB, Draft(kC)}, false).compress, ElementsAre(kA));
}

TEST(LogRotationPlan, WhatIsBeingCompressedIsLeftAlone) {
  EXPECT_THAT(Plan({kA, Draft(kA), kB}, true, 5, {kA}).remove, IsEmpty());
  EXPECT_THAT(Plan({kA, Draft(kA), kB}, true, 5, {kB}).remove, ElementsAre(Draft(kA)));
}

TEST(LogRotationPlan, FilesOfOthersAreNotTouched) {
  const RotationPlan plan =
      Plan({"0.log.old", "1.log.20260101-000001", "0.log.tmp", "0.log.20260101-000001.bak"}, true, 2);
  EXPECT_THAT(plan.remove, IsEmpty());
  EXPECT_THAT(plan.compress, IsEmpty());
}

TEST(LogRotationPlan, ANewPartIsTheNewestByItsNameToo) {
  EXPECT_EQ(Plan({"0.log.20260101-120000"}).rename_to, "0.log.20260101-120001");
  EXPECT_EQ(Plan({"0.log.20270101-000000.gz"}).rename_to, "0.log.20270101-000001") << "the clock was set back";
}

TEST(LogRotationPlan, LooksAgainWhenALogIsAboutToBeFull) {
  LogLimits limits;
  limits.max_size = 1000;
  const struct {
    int64_t size, grown;
    Duration over, next;
  } kCases[] = {
      {0, 0, seconds(10), seconds(10)},       {999, 0, seconds(10), seconds(10)},
      {999, 1, seconds(10), seconds(10)},     {500, 100, seconds(1), seconds(5)},
      {500, 100, seconds(10), seconds(10)},   {900, 100, milliseconds(500), seconds(1)},
      {2000, 2000, seconds(1), seconds(1)},   {500, 1'000'000, seconds(1), seconds(1)},
      {500, 100, seconds(0), seconds(10)},    {500, 10, seconds(1), seconds(10)},
      {0, INT64_MAX, seconds(1), seconds(1)},
  };
  for (const auto& [size, grown, over, next] : kCases) {
    EXPECT_EQ(NextLogLook(size, grown, over, limits), next) << size << " +" << grown;
  }
}

}  // namespace
}  // namespace ordinal::node
