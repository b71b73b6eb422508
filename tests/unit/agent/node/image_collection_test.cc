// Images that are collected from a runtime, with the clock in hand.
#include "agent/node/image_collection.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::node {
namespace {

using fakes::FakeRuntime;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ImageCollectionTest : public ::testing::Test, public events::Recorder {
 protected:
  void Record(const events::Event& event) override {
    EXPECT_EQ(event.about.kind(), "Node");
    EXPECT_EQ(event.about.name(), "node-a");
    events_.push_back(fmt::format("{} {} {}", ToString(event.severity), event.reason, event.message));
  }

  ImageCollection::Parts Parts() {
    return {io_.get_executor(), clock_, pool_, runtime_, *this, "node-a", directory_ / "pulled.json"};
  }
  ImageCollection::Sources Sources() {
    ImageCollection::Sources sources;
    sources.names = [this] {
      if (std::exchange(names_throw_, false)) throw std::runtime_error("nobody expected it");
      return NamesInUse{wanted_, nullptr};
    };
    sources.disk = [this](const std::string& path) -> Result<DiskUse> {
      EXPECT_EQ(path, "/images");
      return disk_;
    };
    return sources;
  }
  void Start() {
    collection_ = std::make_unique<ImageCollection>(Parts(), Sources(), policy_);
    Spawn(io_.get_executor(), "collection", collection_->Run());
    Settle();
  }
  /// All that can happen now has, the pool's work too.
  void Settle() {
    for (int i = 0; i < 10; ++i) {
      const auto nothing = [] { return Status(); };
      ASSERT_TRUE(RunTask(io_, pool_.Run(nothing)).ok());
      RunReady(io_);
    }
  }
  Task<void> RemoveBeside() {
    const Status removed = co_await collection_->RemoveUnused();
    EXPECT_TRUE(removed.ok());
  }
  void Pass(Duration by) {
    for (Duration passed{0}; passed < by; passed += minutes(1)) {
      clock_.Advance(minutes(1));
      Settle();
    }
  }
  void Pull(const std::string& name, uint64_t bytes = 100) {
    Bring(name, bytes);
    collection_->Pulled(name, IdOf(name));
    Settle();
  }
  void Bring(const std::string& name, uint64_t bytes = 100) {
    cri::Image image;
    image.size = bytes;
    runtime_.AddImage(name, image);
  }
  std::string IdOf(const std::string& name) { return RunTask(io_, runtime_.ImageStatus(name))->id; }
  void RunContainer(const std::string& image) {
    cri::SandboxConfig sandbox;
    sandbox.name = sandbox.uid = fmt::format("pod-{}", ++pods_);
    const auto id = RunTask(io_, runtime_.RunSandbox(sandbox));
    cri::ContainerConfig container;
    container.name = "main";
    container.image = image;
    ASSERT_TRUE(RunTask(io_, runtime_.CreateContainer(*id, container, sandbox)).ok());
  }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    const auto listed = RunTask(io_, runtime_.ListImages());
    for (const cri::Image& image : *listed) names.push_back(image.repo_tags[0]);
    return names;
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  FakeRuntime runtime_{clock_, io_.get_executor()};
  BlockingPool pool_{1};
  fakes::ScratchDirectory directory_;
  CollectionPolicy policy_;
  DiskUse disk_{10'000, 5'000};
  bool names_throw_ = false;
  std::set<std::string> wanted_;
  std::vector<std::string> events_;
  int pods_ = 0;
  std::unique_ptr<ImageCollection> collection_;
};

TEST_F(ImageCollectionTest, WhileThereIsRoomNothingGoes) {
  Start();
  Pull("registry.test/a:1");
  Pass(hours(2));
  EXPECT_THAT(Names(), SizeIs(1));
  EXPECT_THAT(events_, IsEmpty());
}

TEST_F(ImageCollectionTest, OnAFullDiskAsMuchGoesAsIsTooMuch) {
  Start();
  Pull("registry.test/oldest:1", 300);
  Pull("registry.test/used:1");
  RunContainer("registry.test/used:1");
  Bring("registry.test/of-somebody-else:1");
  Pass(minutes(5));
  Pull("registry.test/older:1", 300);
  Pull("registry.test/wanted:1", 300);
  wanted_ = {"registry.test/wanted:1"};
  Pass(minutes(5));
  Pull("registry.test/young:1", 300);
  disk_.free = 1'500;  // 85 percent; 500 bytes to free
  Pass(minutes(5));
  EXPECT_THAT(Names(), ElementsAre("registry.test/of-somebody-else:1", "registry.test/used:1", "registry.test/wanted:1",
                                   "registry.test/young:1"));
  EXPECT_THAT(events_, IsEmpty());
}

TEST_F(ImageCollectionTest, ALookThatThrowsLeavesTheTurnToTheNext) {
  Start();
  Pull("registry.test/unused:1");
  names_throw_ = true;
  EXPECT_FALSE(RunTask(io_, collection_->RemoveUnused()).ok());
  ASSERT_TRUE(RunTask(io_, collection_->RemoveUnused()).ok());
  names_throw_ = true;
  Pass(minutes(5));
  EXPECT_FALSE(names_throw_) << "it looks by itself";
  disk_.free = 500;
  Pull("registry.test/young:1");
  Pass(minutes(10));
  EXPECT_THAT(Names(), IsEmpty()) << "and goes on";
}

TEST_F(ImageCollectionTest, UnderPressureAllThatNobodyUsesGoesWhateverTheThresholds) {
  policy_.high_percent = 100;
  Start();
  Pull("registry.test/unused:1");
  Pull("registry.test/used:1");
  RunContainer("registry.test/used:1");
  Bring("registry.test/of-somebody-else:1");
  Pass(minutes(10));
  Pull("registry.test/young:1");
  ASSERT_TRUE(RunTask(io_, collection_->RemoveUnused()).ok());
  EXPECT_THAT(Names(),
              ElementsAre("registry.test/of-somebody-else:1", "registry.test/used:1", "registry.test/young:1"));
}

TEST_F(ImageCollectionTest, ThatThereIsNotEnoughToFreeIsSaidOnceAnHour) {
  Start();
  Pull("registry.test/a:1", 300);
  Pass(minutes(5));
  disk_.free = 1'000;
  Pass(minutes(5));
  EXPECT_THAT(Names(), IsEmpty());
  EXPECT_THAT(events_, ElementsAre("Warning FreeDiskSpaceFailed Failed to garbage collect required amount of images. "
                                   "Attempted to free 1000 bytes, but only found 300 bytes eligible to free."));
  Pass(minutes(55));
  EXPECT_THAT(events_, SizeIs(1));
  Pass(minutes(5));
  EXPECT_THAT(events_, SizeIs(2));
  disk_.free = 9'000;
  Pass(minutes(5));
  disk_.free = 1'000;
  Pass(minutes(5));
  EXPECT_THAT(events_, SizeIs(3)) << "it was over, and began anew";
}

TEST_F(ImageCollectionTest, PastTheMaximumAgeOneGoesWhateverTheDisk) {
  policy_.maximum_age = hours(1);
  policy_.high_percent = 100;
  runtime_.FailNext(FakeRuntime::Call::kImageFsInfo, MakeError(ErrorCode::kInternal, "not asked for"), 100);
  Start();
  Pull("registry.test/a:1");
  Pull("registry.test/used:1");
  RunContainer("registry.test/used:1");
  Pass(hours(1) + minutes(5));
  EXPECT_THAT(Names(), SizeIs(2));
  Pass(minutes(5));
  EXPECT_THAT(Names(), ElementsAre("registry.test/used:1"));
  EXPECT_THAT(events_, IsEmpty());
}

TEST_F(ImageCollectionTest, AFailureIsSaidWhenItIsTheSecondInARow) {
  Start();
  runtime_.FailNext(FakeRuntime::Call::kImageFsInfo, MakeError(ErrorCode::kInternal, "no disk"), 3);
  Pass(minutes(5));
  EXPECT_THAT(events_, IsEmpty());
  Pass(minutes(10));
  EXPECT_THAT(events_, ElementsAre("Warning ImageGCFailed no disk", "Warning ImageGCFailed no disk"));
  Pass(minutes(60));
  EXPECT_THAT(events_, SizeIs(2));
}

TEST_F(ImageCollectionTest, OneThatCannotBeRemovedKeepsNoOther) {
  Start();
  Pull("registry.test/a:1", 300);
  Pull("registry.test/b:1", 300);
  Pass(minutes(5));
  runtime_.FailNext(FakeRuntime::Call::kRemoveImage, MakeError(ErrorCode::kInternal, "busy"));
  disk_.free = 1'400;
  Pass(minutes(5));
  EXPECT_THAT(Names(), SizeIs(1));
  runtime_.FailNext(FakeRuntime::Call::kRemoveImage, MakeError(ErrorCode::kInternal, "busy"));
  Pass(minutes(5));
  EXPECT_THAT(events_, ElementsAre("Warning ImageGCFailed freed 0 bytes space with errors in image deletion: busy"));
}

TEST_F(ImageCollectionTest, WhatIsBroughtAgainAfterItsRemovalIsNobodysToCollect) {
  Start();
  Pull("registry.test/a:1", 300);
  Pass(minutes(5));
  disk_.free = 1'400;
  Pass(minutes(5));
  EXPECT_THAT(Names(), IsEmpty());
  EXPECT_EQ(fakes::ReadFile(directory_ / "pulled.json"), "{\"images\":{}}");
  Bring("registry.test/a:1", 300);
  Pass(minutes(15));
  EXPECT_THAT(Names(), ElementsAre("registry.test/a:1"));
}

TEST_F(ImageCollectionTest, WhatAPodWantsWhileOthersAreRemovedStays) {
  Start();
  Pull("registry.test/first:1", 300);
  Pass(minutes(5));
  Pull("registry.test/second:1", 300);
  Pass(minutes(5));
  disk_.free = 0;
  runtime_.Delay(FakeRuntime::Call::kRemoveImage, minutes(1));
  Pass(minutes(5));
  EXPECT_THAT(Names(), SizeIs(2)) << "the first one is being removed";
  wanted_ = {"registry.test/second:1"};
  Pass(minutes(3));
  EXPECT_THAT(Names(), ElementsAre("registry.test/second:1"));
}

TEST_F(ImageCollectionTest, ANewAgentKnowsWhatItsPredecessorPulled) {
  Bring("registry.test/a:1");
  Bring("registry.test/of-somebody-else:1");
  PulledImages predecessor(pool_, directory_ / "pulled.json");
  EXPECT_TRUE(predecessor.Add("registry.test/a:1", IdOf("registry.test/a:1")));
  EXPECT_TRUE(RunTask(io_, predecessor.Write()).ok());
  Start();
  Pass(minutes(5));
  disk_.free = 0;
  Pass(minutes(5));
  EXPECT_THAT(Names(), ElementsAre("registry.test/of-somebody-else:1"));
  Pass(minutes(10));
  EXPECT_EQ(fakes::ReadFile(directory_ / "pulled.json"), "{\"images\":{}}") << "what is gone is forgotten";
}

TEST_F(ImageCollectionTest, UnderPressureANewAgentFreesAtOnceWhatItsPredecessorPulled) {
  Bring("registry.test/a:1");
  Bring("registry.test/of-somebody-else:1");
  PulledImages predecessor(pool_, directory_ / "pulled.json");
  EXPECT_TRUE(predecessor.Add("registry.test/a:1", IdOf("registry.test/a:1")));
  EXPECT_TRUE(RunTask(io_, predecessor.Write()).ok());
  collection_ = std::make_unique<ImageCollection>(Parts(), Sources(), policy_);
  ASSERT_TRUE(RunTask(io_, collection_->RemoveUnused()).ok());
  EXPECT_THAT(Names(), ElementsAre("registry.test/of-somebody-else:1"));
}

TEST_F(ImageCollectionTest, WhileOneRemovesAnotherWaits) {
  Start();
  Pull("registry.test/first:1", 300);
  Pull("registry.test/second:1", 300);
  Pass(minutes(5));
  disk_.free = 0;
  runtime_.Delay(FakeRuntime::Call::kRemoveImage, minutes(1));
  Pass(minutes(5));
  Spawn(io_.get_executor(), "pressure", RemoveBeside());
  Pass(minutes(5));
  EXPECT_THAT(Names(), IsEmpty());
  const auto& calls = runtime_.calls();
  EXPECT_EQ(std::count_if(calls.begin(), calls.end(),
                          [](const std::string& call) { return call.starts_with("RemoveImage"); }),
            2);
}

TEST_F(ImageCollectionTest, AFileThatIsNoneOfItsOwnIsAsNone) {
  for (const char* text : {"", "[1]", "{\"images\": [2]}", "{\"images\": {\"sha256:1\": 7}}", "\xFF"}) {
    fakes::WriteFile(directory_ / "pulled.json", text);
    PulledImages pulled(pool_, directory_ / "pulled.json");
    RunTask(io_, pulled.Read());
    for (const auto& [id, names] : pulled.names()) EXPECT_THAT(names, IsEmpty()) << text;
  }
}

TEST_F(ImageCollectionTest, WhatIsKnownIsNotWrittenAgain) {
  Start();
  Pull("registry.test/a:1");
  EXPECT_THAT(fakes::ReadFile(directory_ / "pulled.json"), HasSubstr("registry.test/a:1"));
  fakes::WriteFile(directory_ / "pulled.json", "as it was");
  Pull("registry.test/a:1");
  Pass(hours(1));
  EXPECT_EQ(fakes::ReadFile(directory_ / "pulled.json"), "as it was");
}

}  // namespace
}  // namespace ordinal::node
