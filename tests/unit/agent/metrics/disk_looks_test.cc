#include "agent/metrics/disk_looks.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <future>

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
  const std::atomic<bool> given_up{false};
  const DiskUses uses = LookAtDisks(Files({{directory / "many", 0}, {directory / "few", 0}}), given_up);
  EXPECT_FALSE(uses.at(directory / "many").files);
  EXPECT_TRUE(uses.at(directory / "many").filesystem);
  ASSERT_TRUE(uses.at(directory / "few").files);
  EXPECT_EQ(uses.at(directory / "few").files->inodes, 2U);
}

TEST(DiskLooks, ADiskThatDoesNotAnswerIsLeftOutUntilItDoes) {
  asio::io_context io;
  fakes::FakeClock clock{io};
  std::promise<void> answers;
  std::atomic<int> asked{0};
  const auto wait = [&, gate = answers.get_future().share()](const std::vector<DiskWish>& wishes,
                                                             const std::atomic<bool>& /*given_up*/) {
    ++asked;
    gate.wait();
    DiskUses uses;
    for (const DiskWish& wish : wishes) uses[wish.path].files = DirectoryUse{1, 1};
    return uses;
  };
  DiskLooks looks(clock, wait);
  std::optional<DiskUses> first;
  const auto look = [](Task<DiskUses> task, std::optional<DiskUses>& out) -> Task<void> {
    out = co_await std::move(task);
  };
  Spawn(io.get_executor(), "look", look(looks.Look(Files({{"/a", 0}})), first));
  const auto stuck = [&] {
    asio::post(io, [] {});  // the other thread says nothing when it has begun
    return asked == 1 && clock.Pending() > 0;
  };
  ASSERT_TRUE(RunUntil(io, stuck));
  clock.Advance(DiskLooks::kDiskPatience);
  ASSERT_TRUE(RunUntil(io, [&] { return first.has_value(); }));
  EXPECT_TRUE(first->empty());
  EXPECT_TRUE(RunTask(io, looks.Look(Files({{"/b", 0}}))).empty()) << "at once: the thread is not back";
  EXPECT_EQ(clock.Pending(), 0U);
  answers.set_value();
  DiskUses later;
  const auto deadline = std::chrono::steady_clock::now() + kTestDeadline;
  while (later.empty() && std::chrono::steady_clock::now() < deadline) {
    later = RunTask(io, looks.Look(Files({{"/b", 0}})));
  }
  EXPECT_TRUE(later.contains("/b"));
  EXPECT_EQ(asked, 2);
}

}  // namespace
}  // namespace ordinal::metrics
