#include "agent/metrics/disk_looks.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::metrics {
namespace {

std::vector<DiskWish> Files(const std::vector<std::pair<std::string, size_t>>& places) {
  std::vector<DiskWish> wishes;
  for (const auto& [path, pod] : places) wishes.push_back({path, pod, true, true});
  return wishes;
}

TEST(DiskLooks, AVolumeWithTooManyFilesHidesNoOther) {
  const fakes::ScratchDirectory directory;
  for (size_t file = 0; file <= kMostFilesOfOne; ++file) fakes::WriteFile(directory / fmt::format("many/{}", file), "");
  fakes::WriteFile(directory / "few/file", "x");
  asio::io_context io;
  fakes::FakeClock clock{io};
  DiskLooks looks(clock);
  const DiskUses uses = RunTask(io, looks.Look(Files({{directory / "many", 0}, {directory / "few", 0}})));
  EXPECT_FALSE(uses.at(directory / "many").files);
  EXPECT_TRUE(uses.at(directory / "many").filesystem);
  ASSERT_TRUE(uses.at(directory / "few").files);
  EXPECT_EQ(uses.at(directory / "few").files->inodes, 2U);
}

TEST(DiskLooks, TheFilesOfOneAnswerAreBounded) {
  FileBudget budget;
  EXPECT_EQ(budget.Take(1, 100), 100U);
  budget.GiveBack(1, 90);
  EXPECT_EQ(budget.Take(1, kMostFiles), kMostFilesOfPod - 10);
  EXPECT_EQ(budget.Take(1, 1), 0U);
  size_t taken = kMostFilesOfPod;
  for (size_t pod = 2; pod < 50; ++pod) taken += budget.Take(pod, kMostFilesOfPod);
  EXPECT_EQ(taken, kMostFiles);
}

TEST(DiskLooks, WhatOneLookDoesNotUseIsThereForAllOthersOfThePod) {
  const fakes::ScratchDirectory directory;
  for (size_t file = 0; file < kFilesAtOnce; ++file) fakes::WriteFile(directory / fmt::format("few/{}", file), "");
  FileBudget budget;
  const size_t each = kFilesAtOnce + 1;  // with the directory itself
  EXPECT_EQ(budget.Take(1, kMostFilesOfPod - 3 * each - kFilesAtOnce), kMostFilesOfPod - 3 * each - kFilesAtOnce);
  for (int look = 0; look < 3; ++look) EXPECT_TRUE(LookAtDisk({directory / "few", 1, false, true}, budget).files);
  EXPECT_EQ(budget.Take(1, kMostFiles), kFilesAtOnce);
}

TEST(DiskLooks, LooksThatHangLeaveTheOthersOfThePodTheirs) {
  const fakes::ScratchDirectory directory;
  fakes::WriteFile(directory / "few/file", "x");
  FileBudget budget;
  for (size_t hanging = 0; hanging < DeviceLooks::kThreads - 1; ++hanging) budget.Take(1, kFilesAtOnce);
  EXPECT_TRUE(LookAtDisk({directory / "few", 1, false, true}, budget).files);
}

TEST(DiskLooks, WhatIsNoDirectoryHasNoFiles) {
  const fakes::ScratchDirectory directory;
  fakes::WriteFile(directory / "file", "x");
  for (const char* name : {"file", "gone"}) {
    FileBudget budget;
    EXPECT_FALSE(LookAtDisk({directory / name, 0, true, true}, budget).files) << name;
  }
}

TEST(DiskLooks, ADiskThatDoesNotAnswerIsLeftOutAndTheOthersAreNot) {
  asio::io_context io;
  fakes::FakeClock clock{io};
  std::promise<void> answers;
  const auto seen = std::make_shared<std::atomic<int>>(0);  // a look that hangs may outlive the test
  const auto wait = [seen, gate = answers.get_future().share()](const DiskWish& wish, FileBudget&) {
    if (wish.path.starts_with("/nfs")) gate.wait();
    ++*seen;
    DiskUse use;
    use.files = DirectoryUse{1, 1};
    return use;
  };
  const auto mounts = [] { return std::string("1 0 8:0 / / rw - ext4 a rw\n2 1 0:50 / /nfs rw - nfs4 b rw\n"); };
  DiskLooks looks(clock, wait, mounts);
  std::optional<DiskUses> first;
  const auto look = [](Task<DiskUses> task, std::optional<DiskUses>& out) -> Task<void> {
    out = co_await std::move(task);
  };
  Spawn(io.get_executor(), "look", look(looks.Look(Files({{"/nfs/a", 0}, {"/a", 0}})), first));
  const auto stuck = [&] {
    asio::post(io, [] {});  // the other thread says nothing when it has begun
    return *seen == 1 && clock.Pending() > 0;
  };
  ASSERT_TRUE(RunUntil(io, stuck));
  clock.Advance(DeviceLooks::kPatience);
  ASSERT_TRUE(RunUntil(io, [&] { return first.has_value(); }));
  EXPECT_TRUE(first->contains("/a"));
  EXPECT_FALSE(first->contains("/nfs/a"));
  answers.set_value();
}

}  // namespace
}  // namespace ordinal::metrics
