#include "cri/images/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <vector>

#include "agent/base/layout.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::cri {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

/// Knows the outcome of a file by its name: "bad…" is at fault, "away…" fails until SetAway(false), "worse…" throws.
class Importer final : public TarballImporter {
 public:
  Task<Result<std::vector<std::string>>> ImportFile(std::string path) override {
    const std::string name = std::filesystem::path(path).filename();
    tried_.push_back(name);
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    if (name.starts_with("worse")) throw std::runtime_error("what nobody expected");
    if (name.starts_with("bad")) co_return MakeError(ErrorCode::kInvalid, path + ": not a tar file");
    if (away_ && name.starts_with("away")) co_return MakeError(ErrorCode::kUnavailable, path + ": containerd is away");
    co_return std::vector<std::string>{"docker.io/library/" + name + ":latest"};
  }
  Task<Result<bool>> Has(std::string name) override {
    if (asks_in_vain_-- > 0) throw std::runtime_error("no answer that anybody expected");
    const bool has = !removed_.contains(name);
    co_return has;
  }
  void Remove(const std::string& name) { removed_.insert("docker.io/library/" + name + ":latest"); }
  void ThrowWhenAsked(int times) { asks_in_vain_ = times; }
  void SetAway(bool away) { away_ = away; }
  const std::vector<std::string>& tried() const { return tried_; }

 private:
  bool away_ = true;
  int asks_in_vain_ = 0;
  std::vector<std::string> tried_;
  std::set<std::string> removed_;
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

  /// What the directory says after a restart of the agent.
  std::unique_ptr<ImageDirectory> Again() {
    auto again = std::make_unique<ImageDirectory>(io_.get_executor(), path_, importer_, pool_, clock_);
    Spawn(io_.get_executor(), "image directory again", RunAgain(*again));
    RunTask(io_, again->FirstScanDone());
    again->Stop();
    RunUntil(io_, [this] { return again_ended_; });
    return again;
  }

  Task<void> RunAgain(ImageDirectory& again) {
    again_ended_ = false;
    static_cast<void>(co_await again.Run());
    again_ended_ = true;
  }

  void WaitForFirstScan() { RunTask(io_, directory_.FirstScanDone()); }
  std::ptrdiff_t Tries() const { return std::count(importer_.tried().begin(), importer_.tried().end(), "worse"); }
  /// Looks that events bring, of the record beside the tarballs too, and those after a pause are tries alike. One pause
  /// at a time ends: where the blocking pool is quick, a longer step would bring several tries.
  void WaitForTries(std::ptrdiff_t count) {
    const auto deadline = std::chrono::steady_clock::now() + kTestDeadline;
    while (!RunUntil(
               io_, [&] { return Tries() >= count; }, std::chrono::milliseconds(20)) &&
           std::chrono::steady_clock::now() < deadline) {
      clock_.AdvanceToNext();
    }
  }
  bool Imported(const std::string& name) { return directory_.IsImported("docker.io/library/" + name + ":latest"); }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  fakes::ScratchDirectory scratch_;
  std::string path_ = scratch_ / "images";
  BlockingPool pool_{1};
  Importer importer_;
  ImageDirectory directory_{io_.get_executor(), path_, importer_, pool_, clock_};
  bool ended_ = true, again_ended_ = true;
};

TEST_F(ImageDirectoryTest, AFileImportedByAnEarlierRunIsRecognisedWithoutBeingRead) {
  fakes::WriteFile(path_ + "/a", "1");
  fakes::WriteFile(path_ + "/b", "2");
  Start();
  WaitForFirstScan();
  const auto again = Again();
  EXPECT_THAT(importer_.tried(), ElementsAre("a", "b"));
  EXPECT_TRUE(again->IsImported("docker.io/library/a:latest"));
}

TEST_F(ImageDirectoryTest, AFileThatChangedOrWhoseImageWasRemovedIsReadAgain) {
  for (const char* name : {"/a", "/b", "/c"}) fakes::WriteFile(path_ + name, "1");
  Start();
  WaitForFirstScan();
  importer_.Remove("b");
  directory_.Stop();
  RunUntil(io_, [this] { return ended_; });
  fakes::WriteFile(path_ + "/c", "another");
  const auto again = Again();
  EXPECT_THAT(importer_.tried(), ElementsAre("a", "b", "c", "b", "c"));
}

TEST_F(ImageDirectoryTest, WhatWasBroughtAndIsMissingIsReadAgainButNotOverAndOver) {
  for (const char* name : {"/a", "/b"}) fakes::WriteFile(path_ + name, "1");
  Start();
  WaitForFirstScan();
  const std::string name = "docker.io/library/a:latest";
  importer_.Remove("a");
  directory_.IsMissing(name);
  EXPECT_FALSE(Imported("a"));
  EXPECT_NE(directory_.IsComing(name), ImageDirectory::Coming::kNo) << "who wants it waits";
  ASSERT_TRUE(RunUntil(io_, [&] { return Imported("a"); }));
  EXPECT_THAT(importer_.tried(), ElementsAre("a", "b", "a"));
  directory_.IsMissing(name);
  EXPECT_TRUE(Imported("a")) << "it was read just now";
  clock_.Advance(ImageDirectory::kReadAgainEvery);
  directory_.IsMissing("docker.io/library/never:latest");
  directory_.IsMissing(name);
  ASSERT_TRUE(RunUntil(io_, [&] { return Imported("a"); }));
  EXPECT_THAT(importer_.tried(), ElementsAre("a", "b", "a", "a"));
}

TEST_F(ImageDirectoryTest, AFileWhoseImportThrowsIsTriedAgainAndThenLeftAndHoldsUpNoOther) {
  fakes::WriteFile(path_ + "/worse", "1");
  fakes::WriteFile(path_ + "/z", "1");
  Start();
  ASSERT_TRUE(RunUntil(io_, [&] { return Imported("z"); }));
  EXPECT_FALSE(ended_);
  WaitForTries(3);
  WaitForFirstScan();
  fakes::WriteFile(path_ + "/later", "1");
  EXPECT_TRUE(RunUntil(io_, [&] { return Imported("later"); }));
  EXPECT_EQ(Tries(), 3);
}

TEST_F(ImageDirectoryTest, WhatIsWrittenInPlaceOfAFileWhoseImportThrowsIsTriedAsOften) {
  fakes::WriteFile(path_ + "/worse", "1");
  Start();
  WaitForTries(2);
  fakes::WriteFile(path_ + "/worse", "longer");
  WaitForTries(5);
  WaitForFirstScan();
  EXPECT_EQ(Tries(), 5);
}

TEST_F(ImageDirectoryTest, ALookThatThrowsIsMadeAgain) {
  fakes::WriteFile(path_ + "/a", "1");
  Start();
  WaitForFirstScan();
  importer_.ThrowWhenAsked(1);
  ImageDirectory again(io_.get_executor(), path_, importer_, pool_, clock_);
  Spawn(io_.get_executor(), "image directory again", RunAgain(again));
  ASSERT_TRUE(RunUntil(io_, [&] { return clock_.Pending() > 0; })) << "it waits";
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_TRUE(RunUntil(io_, [&] { return again.IsImported("docker.io/library/a:latest"); }));
  again.Stop();
  EXPECT_TRUE(RunUntil(io_, [this] { return again_ended_; }));
}

TEST_F(ImageDirectoryTest, ARecordThatCannotBeReadIsNoRecord) {
  fakes::WriteFile(path_ + "/a", "1");
  for (const char* text : {"", "{", "[]", R"({"/a": 1})", R"({"/a": {"mtime": "x"}})"}) {
    fakes::WriteFile(Layout::ImportRecordIn(path_), text);
    EXPECT_TRUE(ImportRecord::Read(Layout::ImportRecordIn(path_)).files.empty()) << text;
  }
  Start();
  WaitForFirstScan();
  EXPECT_TRUE(Imported("a"));
}

TEST_F(ImageDirectoryTest, TellsWhatIsStillToCome) {
  using Coming = ImageDirectory::Coming;
  const auto coming = [this](const std::string& name) {
    return directory_.IsComing("docker.io/library/" + name + ":latest");
  };
  EXPECT_EQ(coming("a"), Coming::kPerhaps) << "nobody has looked yet";
  fakes::WriteFile(path_ + "/a", "1");
  std::vector<Coming> seen;
  directory_.OnProgress([&] { seen.push_back(coming("a")); });
  Start();
  WaitForFirstScan();
  ASSERT_GE(seen.size(), 2U);  // the record beside the tarballs may bring another look
  EXPECT_EQ(seen.front(), Coming::kPerhaps) << "listed";
  EXPECT_EQ(seen.back(), Coming::kNo) << "imported";
  EXPECT_EQ(coming("a"), Coming::kNo);
}

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

TEST_F(ImageDirectoryTest, IsWatchedOnWhenItWasReplaced) {
  Start();
  WaitForFirstScan();
  for (const std::string name : {"first", "second"}) {
    std::filesystem::rename(path_, scratch_ / ("before-" + name));
    ASSERT_TRUE(RunUntil(io_, [&] { return std::filesystem::exists(path_); })) << "made again";
    fakes::WriteFile(path_ + "/" + name, "1");
    ASSERT_TRUE(RunUntil(io_, [&] { return Imported(name); })) << name;
  }
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
