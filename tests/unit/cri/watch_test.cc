#include "cri/images/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <vector>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::cri {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

/// Knows the outcome of a file by its name: "bad…" is at fault, "away…" fails until SetAway(false).
class Importer final : public TarballImporter {
 public:
  Task<Result<std::vector<std::string>>> ImportFile(std::string path) override {
    const std::string name = std::filesystem::path(path).filename();
    tried_.push_back(name);
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    if (name.starts_with("bad")) co_return MakeError(ErrorCode::kInvalid, path + ": not a tar file");
    if (away_ && name.starts_with("away")) co_return MakeError(ErrorCode::kUnavailable, path + ": containerd is away");
    co_return std::vector<std::string>{"docker.io/library/" + name + ":latest"};
  }
  void SetAway(bool away) { away_ = away; }
  const std::vector<std::string>& tried() const { return tried_; }

 private:
  bool away_ = true;
  std::vector<std::string> tried_;
};

class ImageDirectoryTest : public ::testing::Test {
 protected:
  ~ImageDirectoryTest() override {
    directory_.Stop();
    RunUntil(io_, [this] { return ended_; });
  }

  void Start() {
    ended_ = false;
    Spawn(io_.get_executor(), "image directory", RunDirectory());
  }

  Task<void> RunDirectory() {
    const Status status = co_await directory_.Run();
    EXPECT_TRUE(status.ok());
    ended_ = true;
  }

  void WaitForFirstScan() { RunTask(io_, directory_.FirstScanDone()); }
  bool Imported(const std::string& name) { return directory_.IsImported("docker.io/library/" + name + ":latest"); }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  fakes::ScratchDirectory scratch_;
  std::string path_ = scratch_ / "images";
  BlockingPool pool_{1};
  Importer importer_;
  ImageDirectory directory_{io_.get_executor(), path_, importer_, pool_, clock_};
  bool ended_ = true;
};

TEST_F(ImageDirectoryTest, ImportsWhatIsThereBeforeTheFirstScanIsDone) {
  fakes::WriteFile(path_ + "/a", "1");
  fakes::WriteFile(path_ + "/b", "2");
  fakes::WriteFile(path_ + "/.part", "3");
  std::filesystem::create_directories(path_ + "/directory");
  Start();
  WaitForFirstScan();
  EXPECT_THAT(importer_.tried(), ElementsAre("a", "b"));
  EXPECT_TRUE(Imported("a"));
  EXPECT_TRUE(Imported("b"));
  EXPECT_FALSE(Imported("c"));
}

TEST_F(ImageDirectoryTest, MakesTheDirectoryAndFinishesTheScanOfAnEmptyOne) {
  Start();
  WaitForFirstScan();
  EXPECT_TRUE(std::filesystem::is_directory(path_));
  EXPECT_THAT(importer_.tried(), ElementsAre());
}

TEST_F(ImageDirectoryTest, ImportsWhatIsDroppedInWrittenOrRenamed) {
  Start();
  WaitForFirstScan();
  fakes::WriteFile(path_ + "/written", "1");
  ASSERT_TRUE(RunUntil(io_, [&] { return Imported("written"); }));
  fakes::WriteFile(path_ + "/.renamed.part", "1");
  std::filesystem::rename(path_ + "/.renamed.part", path_ + "/renamed");
  ASSERT_TRUE(RunUntil(io_, [&] { return Imported("renamed"); }));
  EXPECT_THAT(importer_.tried(), UnorderedElementsAre("written", "renamed")) << "each once";
}

TEST_F(ImageDirectoryTest, ABadFileStopsNothingAndIsTriedAgainWhenItChanges) {
  fakes::WriteFile(path_ + "/bad", "1");
  fakes::WriteFile(path_ + "/good", "1");
  Start();
  WaitForFirstScan();
  EXPECT_THAT(importer_.tried(), ElementsAre("bad", "good"));
  EXPECT_TRUE(Imported("good"));
  fakes::WriteFile(path_ + "/bad", "longer");
  ASSERT_TRUE(RunUntil(io_, [&] { return importer_.tried().size() == 3; }));
  EXPECT_EQ(importer_.tried().back(), "bad");
}

TEST_F(ImageDirectoryTest, TriesAgainWithGrowingPausesWhileContainerdIsAway) {
  fakes::WriteFile(path_ + "/away", "1");
  Start();
  ASSERT_TRUE(RunUntil(io_, [&] { return importer_.tried().size() == 1 && clock_.Pending() == 1; }));
  clock_.Advance(std::chrono::milliseconds(999));
  EXPECT_EQ(importer_.tried().size(), 1U);
  clock_.Advance(std::chrono::milliseconds(1));
  ASSERT_TRUE(RunUntil(io_, [&] { return importer_.tried().size() == 2 && clock_.Pending() == 1; }));
  importer_.SetAway(false);
  clock_.Advance(std::chrono::seconds(2));
  WaitForFirstScan();
  EXPECT_TRUE(Imported("away"));
}

TEST_F(ImageDirectoryTest, StopEndsTheWaitForTheFirstScan) {
  fakes::WriteFile(path_ + "/away", "1");
  Start();
  ASSERT_TRUE(RunUntil(io_, [&] { return importer_.tried().size() == 1; }));
  directory_.Stop();
  WaitForFirstScan();
  EXPECT_FALSE(Imported("away"));
}

}  // namespace
}  // namespace ordinal::cri
