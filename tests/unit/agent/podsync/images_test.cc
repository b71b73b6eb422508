// What stands with an image: by policy, by what is here, by what a tarball brings, by what failed.
#include "tests/unit/agent/podsync/images_case.h"

namespace ordinal::podsync {
namespace {

using ::testing::HasSubstr;

TEST_F(ImagesTest, WhatATarballMayBringIsWaitedForInsteadOfPulled) {
  runtime_.AddImage("here:1");
  being_read_ = true;
  EXPECT_EQ(Says("here:1", "IfNotPresent"), "ready") << "nothing is missing";
  for (const char* policy : {"IfNotPresent", "Never", "Always"}) {
    EXPECT_EQ(Says("gone:1", policy), "ContainerCreating") << policy;
  }
  EXPECT_EQ(Says("here:1", "Always"), "ContainerCreating") << "its pull may be lying there";
  EXPECT_EQ(Pulls(), 0U);
  being_read_ = false;
  imported_.insert("here:1");
  EXPECT_EQ(Says("here:1", "Always"), "ready");
  EXPECT_EQ(Says("gone:1", "Never"), "ErrImageNeverPull");
}

TEST_F(ImagesTest, AnImageWhoseTarballWasReplacedIsOld) {
  runtime_.AddImage("here:1");
  replaced_.insert("here:1");
  EXPECT_EQ(Says("here:1", "IfNotPresent"), "ContainerCreating");
  replaced_.clear();
  EXPECT_EQ(Says("here:1", "IfNotPresent"), "ready");
}

TEST_F(ImagesTest, WhatATarballBroughtAndSomebodyRemovedComesFromItAgain) {
  for (const char* policy : {"IfNotPresent", "Never", "Always"}) {
    imported_.insert("removed:1");
    being_read_ = false;
    EXPECT_EQ(Says("removed:1", policy), "ContainerCreating") << policy;
    EXPECT_TRUE(being_read_) << policy;
  }
  EXPECT_EQ(Pulls(), 0U);
}

TEST_F(ImagesTest, PoliciesDecideWhatIsDoneWithAPresentOrAMissingImage) {
  struct Row {
    bool present;
    std::string policy, expected;
    size_t pulls;
  };
  int images = 0;
  for (const Row& row : std::vector<Row>{{true, "IfNotPresent", "ready", 0},
                                         {true, "Never", "ready", 0},
                                         {true, "Always", "ContainerCreating", 1},
                                         {false, "IfNotPresent", "ContainerCreating", 1},
                                         {false, "Never", "ErrImageNeverPull", 0},
                                         {false, "Always", "ContainerCreating", 1}}) {
    runtime_.ClearCalls();
    const std::string image = fmt::format("image-{}:1", ++images);
    runtime_.AddRemoteImage(image);
    if (row.present) runtime_.AddImage(image);
    EXPECT_EQ(Says(image, row.policy), row.expected) << image;
    RunReady(io_);
    EXPECT_EQ(Pulls(), row.pulls) << image;
  }
}

TEST_F(ImagesTest, APulledImageIsReadyAndSaysSoOnce) {
  runtime_.AddRemoteImage("a:1");
  ASSERT_EQ(Says("a:1", "IfNotPresent"), "ContainerCreating");
  RunReady(io_);
  EXPECT_EQ(woken_, 1);
  EXPECT_TRUE(Ensure("a:1", "IfNotPresent").pulled_in);
  EXPECT_FALSE(Ensure("a:1", "IfNotPresent").pulled_in);
  EXPECT_EQ(Pulls(), 1U);
}

TEST_F(ImagesTest, AlwaysMeansOnePullForEachStart) {
  runtime_.AddRemoteImage("a:latest");
  runtime_.AddImage("a:latest");
  for (size_t start = 1; start <= 2; ++start) {
    ASSERT_EQ(Says("a:latest", "Always"), "ContainerCreating");
    RunReady(io_);
    EXPECT_EQ(Says("a:latest", "Always"), "ready");
    EXPECT_EQ(Pulls(), start);
  }
}

TEST_F(ImagesTest, APrefetchedImageIsPulledOnceForItsStart) {
  runtime_.AddRemoteImage("a:latest");
  runtime_.AddImage("a:latest");
  EXPECT_EQ(Prefetch("a:latest", "Always"), "ContainerCreating");
  RunReady(io_);
  EXPECT_EQ(woken_, 1);
  // However often it is asked for
  EXPECT_EQ(Prefetch("a:latest", "Always"), "ready");
  EXPECT_EQ(Prefetch("a:latest", "Always"), "ready");
  EXPECT_EQ(Says("a:latest", "Always"), "ready");
  EXPECT_EQ(Pulls(), 1U);
  // The next start is another one
  EXPECT_EQ(Says("a:latest", "Always"), "ContainerCreating");
}

TEST_F(ImagesTest, APrefetchedImageDoesNotStayFreshForEver) {
  runtime_.AddRemoteImage("a:latest");
  runtime_.AddImage("a:latest");
  Prefetch("a:latest", "Always");
  RunReady(io_);
  clock_.Advance(Images::kFresh);
  EXPECT_EQ(Says("a:latest", "Always"), "ContainerCreating");
}

TEST_F(ImagesTest, APrefetchSaysWhatFailedWhileItTriesAgain) {
  EXPECT_EQ(Prefetch("away:1", "IfNotPresent"), "ContainerCreating");
  RunReady(io_);
  EXPECT_EQ(Prefetch("away:1", "IfNotPresent"), "ErrImagePull");
  clock_.Advance(seconds(10));
  EXPECT_EQ(Prefetch("away:1", "IfNotPresent"), "ErrImagePull");
  RunReady(io_);
  EXPECT_EQ(Pulls(), 2U);
}

TEST_F(ImagesTest, AnImageFromATarballSatisfiesAlways) {
  runtime_.AddImage("a:latest");
  imported_ = {"a:latest"};
  EXPECT_EQ(Says("a:latest", "Always"), "ready");
  EXPECT_EQ(Pulls(), 0U);
}

TEST_F(ImagesTest, TwoPodsThatWaitForOneImagePullItOnce) {
  runtime_.AddRemoteImage("a:1");
  runtime_.Delay(FakeRuntime::Call::kPullImage, seconds(5));
  EXPECT_EQ(Says("a:1", "IfNotPresent"), "ContainerCreating");
  EXPECT_EQ(Says("a:1", "IfNotPresent"), "ContainerCreating");
  clock_.Advance(seconds(5));
  EXPECT_EQ(woken_, 2);
  EXPECT_EQ(Pulls(), 1U);
  EXPECT_EQ(Says("a:1", "IfNotPresent"), "ready");
  EXPECT_EQ(Says("a:1", "IfNotPresent"), "ready");
}

TEST_F(ImagesTest, PullsOfDifferentImagesRunSideBySide) {
  runtime_.Delay(FakeRuntime::Call::kPullImage, seconds(5));
  Says("a:1", "IfNotPresent");
  Says("b:1", "IfNotPresent");
  RunReady(io_);
  EXPECT_EQ(Pulls(), 2U);
}

TEST_F(ImagesTest, AFailedPullIsShownAndThenWaitedForLongerEachTime) {
  for (const seconds wait :
       {seconds(10), seconds(20), seconds(40), seconds(80), seconds(160), seconds(300), seconds(300)}) {
    ASSERT_EQ(Says("none:1", "IfNotPresent"), "ContainerCreating") << wait.count();
    RunReady(io_);
    const ImageAnswer failed = Ensure("none:1", "IfNotPresent");
    EXPECT_EQ(failed.waiting.reason, "ErrImagePull");
    EXPECT_THAT(failed.waiting.message, HasSubstr("connection refused"));
    EXPECT_EQ(failed.look_again, Later(wait / 2));
    clock_.Advance(wait / 2);
    const ImageAnswer waits = Ensure("none:1", "IfNotPresent");
    EXPECT_EQ(waits.waiting.reason, "ImagePullBackOff");
    EXPECT_EQ(waits.waiting.message, "Back-off pulling image \"none:1\": ErrImagePull: none:1: connection refused");
    EXPECT_EQ(waits.look_again, Later(wait / 2));
    clock_.Advance(wait / 2 - milliseconds(1));
    EXPECT_EQ(Says("none:1", "IfNotPresent"), "ImagePullBackOff");
    clock_.Advance(milliseconds(1));
  }
  EXPECT_EQ(Pulls(), 7U);
}

TEST_F(ImagesTest, AClockThatIsSetBackMakesNoLongerBackoff) {
  Says("none:1", "IfNotPresent");
  RunReady(io_);
  ASSERT_EQ(Says("none:1", "IfNotPresent"), "ErrImagePull");
  clock_.Set(-std::chrono::hours(1));
  EXPECT_EQ(Says("none:1", "IfNotPresent"), "ContainerCreating");
  RunReady(io_);
  EXPECT_EQ(Pulls(), 2U);
}

TEST_F(ImagesTest, AnImageThatAppearsByItselfEndsTheBackoff) {
  Says("late:1", "IfNotPresent");
  RunReady(io_);
  ASSERT_EQ(Says("late:1", "IfNotPresent"), "ErrImagePull");
  runtime_.AddImage("late:1");
  EXPECT_EQ(Says("late:1", "IfNotPresent"), "ready");
}

TEST_F(ImagesTest, AnImageIsReadyWhenItsPullHasEndedAndNotWhenItsNameAppears) {
  runtime_.AddRemoteImage("a:1");
  runtime_.Delay(FakeRuntime::Call::kPullImage, seconds(5));
  Says("a:1", "IfNotPresent");
  clock_.Advance(seconds(4));
  runtime_.AddImage("a:1");
  EXPECT_EQ(Says("a:1", "IfNotPresent"), "ContainerCreating");
  EXPECT_EQ(Says("a:1", "Never"), "ready");
  clock_.Advance(seconds(1));
  EXPECT_EQ(Ensure("a:1", "IfNotPresent").pulled_in, seconds(5));
  // One that is pulled again is there all the time.
  Says("a:1", "Always");
  clock_.Advance(seconds(1));
  EXPECT_EQ(Says("a:1", "IfNotPresent"), "ready");
}

TEST_F(ImagesTest, ATarballThatBringsTheImageIsNotKeptWaitingByThePullOfIt) {
  runtime_.Delay(FakeRuntime::Call::kPullImage, seconds(500));
  Says("a:1", "IfNotPresent");
  runtime_.AddImage("a:1");
  imported_.insert("a:1");
  EXPECT_EQ(Says("a:1", "IfNotPresent"), "ready");
}

TEST_F(ImagesTest, ANameThatIsNoneIsSaidToBeSo) {
  const ImageAnswer answer = Ensure("UPPER/Case:tag", "IfNotPresent");
  EXPECT_EQ(answer.waiting.reason, "InvalidImageName");
  EXPECT_EQ(answer.look_again, std::nullopt);
  EXPECT_EQ(Pulls(), 0U);
}

TEST_F(ImagesTest, AnUnreachableRuntimeIsAnErrorAndNoMissingImage) {
  runtime_.SetReachable(false);
  api::Container container;
  container.image = "a:1";
  Images::Waiter nobody{"pod", "main", [] {}};
  const auto answer = RunTask(io_, images_.Ensure(container, {}, std::move(nobody)));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace ordinal::podsync
