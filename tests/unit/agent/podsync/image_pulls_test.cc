// Pulls: who waits for them, how many at once, with which credentials, and what is said of long ones.
#include "tests/unit/agent/podsync/images_case.h"

namespace ordinal::podsync {
namespace {

TEST_F(ImagesTest, APullThatNobodyWaitsForAnyMoreIsGivenUp) {
  runtime_.AddRemoteImage("large:1");
  runtime_.Delay(FakeRuntime::Call::kPullImage, std::chrono::hours(1));
  Ensure("large:1", "IfNotPresent", "one");
  Ensure("large:1", "IfNotPresent", "other");
  RunReady(io_);
  images_.GiveUp("one");
  RunReady(io_);
  clock_.Advance(std::chrono::hours(1));
  RunReady(io_);
  EXPECT_EQ(Says("large:1", "IfNotPresent"), "ready") << "the other still waited";

  runtime_.AddRemoteImage("larger:1");
  Ensure("larger:1", "IfNotPresent", "one");
  RunReady(io_);
  woken_ = 0;
  images_.GiveUp("one");
  clock_.Advance(Images::kLinger);
  RunReady(io_);
  EXPECT_EQ(woken_, 0);
  // The next one begins anew, without a backoff.
  const size_t before = Pulls();
  EXPECT_EQ(Says("larger:1", "IfNotPresent"), "ContainerCreating");
  RunReady(io_);
  EXPECT_EQ(Pulls(), before + 1);
}

TEST_F(ImagesTest, ASuccessorThatComesSoonFindsThePullGoingOn) {
  runtime_.AddRemoteImage("large:1");
  runtime_.Delay(FakeRuntime::Call::kPullImage, std::chrono::hours(1));
  Ensure("large:1", "IfNotPresent", "one");
  RunReady(io_);
  images_.GiveUp("one");
  clock_.Advance(Images::kLinger - seconds(1));
  RunReady(io_);
  Ensure("large:1", "IfNotPresent", "its successor");
  clock_.Advance(std::chrono::hours(1));
  RunReady(io_);
  EXPECT_EQ(Says("large:1", "IfNotPresent"), "ready");
  EXPECT_EQ(Pulls(), 1U);
}

TEST_F(ImagesTest, SoManyPullsRunAtOnceAndTheOthersInTheirOrder) {
  Images two(io_.get_executor(), clock_, runtime_, Images::Tarballs(), 2);
  runtime_.Delay(FakeRuntime::Call::kPullImage, seconds(10));
  const auto want = [&](const std::string& image) {
    api::Container container;
    container.image = image;
    Images::Waiter waiter{"pod", image, [] {}};
    ASSERT_TRUE(RunTask(io_, two.Ensure(container, {}, std::move(waiter))).ok());
    RunReady(io_);
  };
  const auto pulled = [&] { return fmt::format("{}", fmt::join(runtime_.calls(), " ")); };
  for (const char* image : {"a:1", "b:1", "c:1", "d:1", "e:1"}) want(image);
  EXPECT_EQ(pulled(), "PullImage a:1 PullImage b:1");
  clock_.Advance(seconds(10));
  EXPECT_EQ(pulled(), "PullImage a:1 PullImage b:1 PullImage c:1 PullImage d:1");
  want("f:1");  // no earlier than who waits already
  clock_.Advance(seconds(10));
  EXPECT_EQ(Pulls(), 6U);
  EXPECT_EQ(runtime_.calls()[4], "PullImage e:1");
  EXPECT_EQ(runtime_.calls()[5], "PullImage f:1");
}

TEST_F(ImagesTest, OneThatIsGivenUpBeforeItsTurnTakesNobodysPlace) {
  Images one(io_.get_executor(), clock_, runtime_, Images::Tarballs(), 1);
  runtime_.Delay(FakeRuntime::Call::kPullImage, std::chrono::minutes(2));
  for (const std::string who : {"first", "second", "third"}) {
    api::Container container;
    container.image = who + ":1";
    Images::Waiter waiter{who, "main", [] {}};
    ASSERT_TRUE(RunTask(io_, one.Ensure(container, {}, std::move(waiter))).ok());
    RunReady(io_);
  }
  one.GiveUp("second");
  clock_.Advance(std::chrono::minutes(2));
  EXPECT_EQ(runtime_.calls().back(), "PullImage third:1");
  clock_.Advance(std::chrono::minutes(2));
  // The turn of the one that is over is free again.
  api::Container last;
  last.image = "last:1";
  Images::Waiter waiter{"fourth", "main", [] {}};
  ASSERT_TRUE(RunTask(io_, one.Ensure(last, {}, std::move(waiter))).ok());
  RunReady(io_);
  EXPECT_EQ(runtime_.calls().back(), "PullImage last:1");
}

TEST_F(ImagesTest, TheTimeOfAPullIsToldWithAndWithoutWaiting) {
  Images one(io_.get_executor(), clock_, runtime_, Images::Tarballs(), 1);
  runtime_.Delay(FakeRuntime::Call::kPullImage, seconds(4));
  runtime_.AddRemoteImage("b:1");
  const auto ensure = [&](const std::string& image) {
    api::Container container;
    container.image = image;
    Images::Waiter waiter{"pod", image, [] {}};
    return *RunTask(io_, one.Ensure(container, {}, std::move(waiter)));
  };
  ensure("a:1");
  RunReady(io_);
  ensure("b:1");
  clock_.Advance(seconds(8));
  const ImageAnswer answer = ensure("b:1");
  EXPECT_EQ(answer.pulled_in, seconds(4));
  EXPECT_EQ(answer.waited, seconds(8));
}

TEST_F(ImagesTest, OtherCredentialsAreAnotherPullWithoutABackoff) {
  runtime_.AddPrivateImage("a:1", {{"reader", "right"}});
  credentials_ = {{"reader", "wrong", "", ""}};
  Says("a:1", "IfNotPresent");
  RunReady(io_);
  EXPECT_EQ(Says("a:1", "IfNotPresent"), "ErrImagePull");
  credentials_ = {{"reader", "right", "", ""}};
  EXPECT_EQ(Says("a:1", "IfNotPresent"), "ContainerCreating");
  RunReady(io_);
  EXPECT_EQ(Says("a:1", "IfNotPresent"), "ready");
  EXPECT_EQ(Pulls(), 2U);
}

TEST_F(ImagesTest, APullWithCredentialsThatNobodyHasAnyMoreIsGivenUp) {
  Images one(io_.get_executor(), clock_, runtime_, Images::Tarballs(), 1);
  runtime_.AddRemoteImage("a:1");
  runtime_.Delay(FakeRuntime::Call::kPullImage, std::chrono::hours(1));
  api::Container container;
  container.image = "a:1";
  for (const char* user : {"old", "new"}) {
    Images::Waiter waiter{"pod", "main", [] {}};
    ASSERT_TRUE(RunTask(io_, one.Ensure(container, {{user, "", "", ""}}, std::move(waiter))).ok());
    RunReady(io_);
  }
  EXPECT_EQ(runtime_.calls().back(), "PullImage a:1 as old") << "it hangs, and has the only turn";
  clock_.Advance(Images::kLinger);
  EXPECT_EQ(runtime_.calls().back(), "PullImage a:1 as new");
}

TEST_F(ImagesTest, APullThatThrowsHasFailedAndGivesItsTurnBack) {
  Images one(io_.get_executor(), clock_, runtime_, Images::Tarballs(), 1);
  runtime_.AddRemoteImage("a:1");
  api::Container container;
  container.image = "a:1";
  const auto ensure = [&] {
    Images::Waiter waiter{"pod", "main", [] {}};
    return *RunTask(io_, one.Ensure(container, {}, std::move(waiter)));
  };
  runtime_.ThrowNext(FakeRuntime::Call::kPullImage);
  ensure();
  RunReady(io_);
  EXPECT_FALSE(ensure().image) << "it failed, and waits";
  clock_.Advance(std::chrono::minutes(10));
  ensure();
  RunReady(io_);
  EXPECT_TRUE(ensure().image);
}

TEST_F(ImagesTest, ThePullsOfARuntimeThatIsAwayOrHangsAreNotTriedWithEachCredential) {
  credentials_ = {{"one", "", "", ""}, {"other", "", "", ""}};
  size_t pulls = 0;
  for (const ErrorCode code : {ErrorCode::kUnavailable, ErrorCode::kDeadlineExceeded}) {
    runtime_.FailNext(FakeRuntime::Call::kPullImage, MakeError(code, "no answer"));
    Says(fmt::format("image-{}:1", ++pulls), "IfNotPresent");
    RunReady(io_);
    EXPECT_EQ(Pulls(), pulls);
  }
}

TEST_F(ImagesTest, WhatArrivesByAPullWithOtherCredentialsIsWaitedFor) {
  runtime_.AddRemoteImage("a:1");
  runtime_.Delay(FakeRuntime::Call::kPullImage, seconds(5));
  credentials_ = {{"one", "", "", ""}};
  Says("a:1", "IfNotPresent");
  RunReady(io_);
  runtime_.AddImage("a:1");  // its name is there a moment before it is
  credentials_ = {{"other", "", "", ""}};
  EXPECT_EQ(Says("a:1", "IfNotPresent"), "ContainerCreating");
  RunReady(io_);
  EXPECT_EQ(Pulls(), 1U);
  clock_.Advance(seconds(5));
  RunReady(io_);
  EXPECT_EQ(woken_, 2);
  EXPECT_EQ(Says("a:1", "IfNotPresent"), "ready");
}

TEST_F(ImagesTest, WhatOnePullBroughtIsReadyWhileAnotherOneHangs) {
  runtime_.AddRemoteImage("a:1");
  runtime_.Delay(FakeRuntime::Call::kPullImage, seconds(5));
  credentials_ = {{"one", "", "", ""}};
  Says("a:1", "IfNotPresent");
  RunReady(io_);
  runtime_.Delay(FakeRuntime::Call::kPullImage, std::chrono::hours(1));
  credentials_ = {{"other", "", "", ""}};
  Says("a:1", "IfNotPresent");
  RunReady(io_);
  EXPECT_EQ(Pulls(), 2U);
  clock_.Advance(seconds(5));
  RunReady(io_);
  EXPECT_EQ(Says("a:1", "IfNotPresent"), "ready");
}

TEST_F(ImagesTest, WhatWasPulledIsTold) {
  std::vector<std::string> told;
  images_.OnPulled([&](const std::string& reference, const std::string& id) {
    told.push_back(reference);
    EXPECT_EQ(id, RunTask(io_, runtime_.ImageStatus(reference))->id);
  });
  runtime_.AddRemoteImage("a:1");
  for (const char* image : {"a:1", "missing:1"}) Says(image, "IfNotPresent");
  RunReady(io_);
  EXPECT_THAT(told, ::testing::ElementsAre("a:1"));
}

TEST_F(ImagesTest, APullOfWhatWasThereAlreadyBringsNothingThatIsTold) {
  std::vector<std::string> told;
  images_.OnPulled([&](const std::string& reference, const std::string&) { told.push_back(reference); });
  cri::Image old;
  old.id = "sha256:old";
  runtime_.AddImage("same:1");
  runtime_.AddImage("changed:1", old);
  for (const char* image : {"same:1", "changed:1"}) {
    runtime_.AddRemoteImage(image);
    Says(image, "Always");
    RunReady(io_);
    EXPECT_EQ(Says(image, "Always"), "ready");
  }
  EXPECT_EQ(Pulls(), 2U);
  EXPECT_THAT(told, ::testing::ElementsAre("changed:1"));
}

TEST_F(ImagesTest, OfAPullThatTakesLongIsToldThatItGoesOn) {
  runtime_.AddRemoteImage("large:1");
  runtime_.AddRemoteImage("small:1");
  runtime_.Delay(FakeRuntime::Call::kPullImage, Images::kStill - seconds(1));
  Says("small:1", "IfNotPresent");
  clock_.Advance(Images::kStill);
  EXPECT_EQ(told_, "") << "it was short";
  runtime_.Delay(FakeRuntime::Call::kPullImage, Images::kStill * 2 + seconds(30));
  Says("large:1", "IfNotPresent");
  clock_.Advance(Images::kStill * 10);
  EXPECT_EQ(told_, "pulls pulls ");
  EXPECT_EQ(Says("large:1", "IfNotPresent"), "ready");
}

TEST_F(ImagesTest, OneThatWaitsForItsTurnSaysSo) {
  runtime_.Delay(FakeRuntime::Call::kPullImage, Images::kStill + seconds(1));
  for (size_t i = 0; i <= Images::kAtOnce; ++i) {
    Ensure(fmt::format("image-{}:1", i), "IfNotPresent", fmt::format("pod-{}", i));
    RunReady(io_);
  }
  EXPECT_EQ(Pulls(), Images::kAtOnce);
  clock_.Advance(Images::kStill);
  EXPECT_EQ(told_, "pulls pulls pulls pulls pulls waits ");
}

}  // namespace
}  // namespace ordinal::podsync
