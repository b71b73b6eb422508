#include "agent/status/pod_status_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/failing_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::status {
namespace {

using fakes::FailingStore;
using std::chrono::milliseconds;
using std::chrono::seconds;
using store::Json;

const store::ObjectKey kKey{"Pod", "default", "kubia-0"};

api::PodStatus Phase(const std::string& phase) {
  api::PodStatus status;
  status.phase = phase;
  return status;
}

class PodStatusWriterTest : public ::testing::Test {
 protected:
  void SetUp() override { CreatePod(); }

  void CreatePod() {
    const auto created = RunTask(io_, client_.Create(Json::parse(R"({"apiVersion":"v1","kind":"Pod",
        "metadata":{"name":"kubia-0","namespace":"default"},
        "spec":{"nodeName":"node-a","containers":[{"name":"a","image":"b"}]}})")));
    ASSERT_TRUE(created.ok()) << created.error().message;
    uid_ = created->object.uid();
  }

  void DeletePod() {
    objects::DeleteOptions now;
    now.grace_seconds = 0;
    ASSERT_TRUE(RunTask(io_, client_.Delete(kKey, now)).ok());
  }

  void Set(const std::string& phase) { writer_.Set(kKey, uid_, Phase(phase)); }

  std::string StoredPhase() {
    const auto stored = RunTask(io_, memory_.Get(kKey));
    return stored.ok() ? api::ReadString(api::Member(stored->body(), "status"), "phase") : "no pod";
  }

  /// As the cache tells it.
  void TellDeleted(const std::string& uid) {
    const store::Object gone(Json{{"apiVersion", "v1"},
                                  {"kind", "Pod"},
                                  {"metadata", {{"name", "kubia-0"}, {"namespace", "default"}, {"uid", uid}}}});
    writer_.Follow({api::Pod::From(gone), {}});
  }

  /// Begins the end of the pod; true in the result when it is over.
  std::shared_ptr<bool> BeginEnd(const std::string& uid) {
    const auto over = std::make_shared<bool>(false);
    const auto end = [](PodStatusWriter& writer, std::string of, std::shared_ptr<bool> done) -> Task<void> {
      co_await writer.End(kKey, of);
      *done = true;
    };
    Spawn(io_.get_executor(), "end", end(writer_, uid, over));
    RunReady(io_);
    return over;
  }

  int Writes() const { return store_.calls(FailingStore::Call::kUpdate) - before_; }
  void CountFromHere() { before_ = store_.calls(FailingStore::Call::kUpdate); }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  store::MemoryStore memory_;
  FailingStore store_{memory_};
  SeededRandom random_{1};
  objects::LocalObjects client_{store_, clock_, random_};
  PodStatusWriter writer_{io_.get_executor(), clock_, client_};
  std::string uid_;
  int before_ = 0;
};

TEST_F(PodStatusWriterTest, WritesWhatItIsGiven) {
  Set("Running");
  RunReady(io_);
  EXPECT_EQ(StoredPhase(), "Running");
}

TEST_F(PodStatusWriterTest, OnlyTheNewestOfAPodIsWritten) {
  CountFromHere();
  for (const char* phase : {"One", "Two", "Three", "Running"}) Set(phase);
  RunReady(io_);
  EXPECT_EQ(StoredPhase(), "Running");
  EXPECT_LE(Writes(), 2);  // the one that was under way at most
}

TEST_F(PodStatusWriterTest, WhatIsStoredAlreadyIsNotWrittenAgain) {
  Set("Running");
  RunReady(io_);
  CountFromHere();
  Set("Running");
  RunReady(io_);
  EXPECT_EQ(Writes(), 0);
}

TEST_F(PodStatusWriterTest, AStoreThatIsAwayIsTriedAgain) {
  store_.FailAll(MakeError(ErrorCode::kUnavailable, "away"));
  Set("Pending");
  clock_.Advance(seconds(2));
  Set("Running");  // newer, while the first is still being tried
  clock_.Advance(seconds(2));
  store_.Heal();
  EXPECT_NE(StoredPhase(), "Running");
  clock_.Advance(milliseconds(500));
  EXPECT_EQ(StoredPhase(), "Running");
}

TEST_F(PodStatusWriterTest, OthersThatWriteThePodMeanwhileDoNotLoseIt) {
  // given somebody whose writes come between our read and our write more often than a write is tried
  store_.Fail(FailingStore::Call::kUpdate, MakeError(ErrorCode::kConflict, "changed"), 5);
  Set("Running");
  RunReady(io_);
  EXPECT_NE(StoredPhase(), "Running");
  clock_.Advance(seconds(1));
  EXPECT_EQ(StoredPhase(), "Running");
}

TEST_F(PodStatusWriterTest, APodsObjectGoesAfterItsLastStatus) {
  const store::ListOptions everything;
  const uint64_t from = RunTask(io_, memory_.Get(kKey))->revision();
  store_.FailAll(MakeError(ErrorCode::kUnavailable, "away"));
  Set("Succeeded");
  const auto over = BeginEnd(uid_);
  clock_.Advance(seconds(3));
  EXPECT_FALSE(*over);
  store_.Heal();
  clock_.Advance(seconds(1));
  EXPECT_TRUE(*over);
  EXPECT_EQ(StoredPhase(), "no pod");
  EXPECT_EQ(writer_.size(), 0U);
  auto watch = RunTask(io_, memory_.StartWatch("Pod", everything, from));
  ASSERT_TRUE(watch.ok());
  const auto events = RunTask(io_, (*watch)->Next());
  ASSERT_TRUE(events.ok());
  ASSERT_EQ(events->size(), 2U);
  EXPECT_EQ((*events)[0].object.body()["status"]["phase"], "Succeeded");
  EXPECT_EQ((*events)[1].type, store::EventType::kDeleted);
}

TEST_F(PodStatusWriterTest, APodOfWhichNothingWasSaidEndsAtOnce) {
  EXPECT_TRUE(*BeginEnd(uid_));
  EXPECT_EQ(StoredPhase(), "no pod");
}

TEST_F(PodStatusWriterTest, TheEndOfAnOldPodLeavesItsNamesakeAlone) {
  EXPECT_TRUE(*BeginEnd("the uid of an older one"));
  EXPECT_EQ(StoredPhase(), "Pending");
}

TEST_F(PodStatusWriterTest, AnEndThatTheStoreRefusesForAMomentIsTriedAgain) {
  store_.Fail(FailingStore::Call::kDelete, MakeError(ErrorCode::kConflict, "changed"), 7);
  const auto over = BeginEnd(uid_);
  EXPECT_FALSE(*over);
  clock_.Advance(seconds(1));
  EXPECT_TRUE(*over);
  EXPECT_EQ(StoredPhase(), "no pod");
}

TEST_F(PodStatusWriterTest, APodThatIsGoneIsLetGo) {
  DeletePod();
  Set("Running");
  EXPECT_TRUE(*BeginEnd(uid_));
  EXPECT_EQ(StoredPhase(), "no pod");
  EXPECT_EQ(clock_.Pending(), 0U);  // nothing is tried again
}

TEST_F(PodStatusWriterTest, TheStatusOfAnOldPodIsNotWrittenToItsNamesake) {
  Set("Running");
  RunReady(io_);
  const std::string old = uid_;
  DeletePod();
  CreatePod();
  writer_.Set(kKey, old, Phase("Succeeded"));
  RunReady(io_);
  EXPECT_EQ(StoredPhase(), "Pending");
  // and the namesake's own is written even when it equals what was written of the old one
  Set("Running");
  RunReady(io_);
  EXPECT_EQ(StoredPhase(), "Running");
}

TEST_F(PodStatusWriterTest, ANamesakeThatComesWhileTheOldOneIsWrittenGetsItsOwn) {
  const std::string old = uid_;
  store_.FailAll(MakeError(ErrorCode::kUnavailable, "away"));
  writer_.Set(kKey, old, Phase("Succeeded"));
  RunReady(io_);
  store_.Heal();
  DeletePod();
  CreatePod();
  Set("Running");
  clock_.Advance(seconds(1));
  EXPECT_EQ(StoredPhase(), "Running");
}

TEST_F(PodStatusWriterTest, NothingIsKeptOfADeletedPodEvenWhenAWriteIsUnderWay) {
  Set("Running");  // begins a write
  TellDeleted(uid_);
  RunReady(io_);
  EXPECT_EQ(writer_.size(), 0U);
}

TEST_F(PodStatusWriterTest, NewsOfAnOldPodsEndLeaveItsNamesakeAlone) {
  Set("Running");
  RunReady(io_);
  TellDeleted("the uid of an older one");
  EXPECT_EQ(writer_.size(), 1U);
}

TEST_F(PodStatusWriterTest, AfterADeletionTheSameStatusIsLookedAtAgain) {
  Set("Running");
  RunReady(io_);
  TellDeleted(uid_);
  ASSERT_TRUE(RunTask(io_, client_.UpdateStatus(kKey, uid_, {{"phase", "Pending"}})).ok());
  Set("Running");
  RunReady(io_);
  EXPECT_EQ(StoredPhase(), "Running");
}

// ---- what is refused for good

TEST_F(PodStatusWriterTest, ARefusedStatusIsTriedOnce) {
  store_.Fail(FailingStore::Call::kUpdate, MakeError(ErrorCode::kInvalid, "too large"), 1000);
  CountFromHere();
  Set("Running");
  RunReady(io_);
  clock_.Advance(seconds(60));
  EXPECT_EQ(Writes(), 1);
}

TEST_F(PodStatusWriterTest, ARefusedStatusHoldsUpNoDeletion) {
  store_.Fail(FailingStore::Call::kUpdate, MakeError(ErrorCode::kInvalid, "too large"), 1000);
  Set("Running");
  EXPECT_TRUE(*BeginEnd(uid_));
  EXPECT_EQ(StoredPhase(), "no pod");
}

TEST_F(PodStatusWriterTest, AfterARefusedStatusTheNextOneIsWritten) {
  store_.Fail(FailingStore::Call::kUpdate, MakeError(ErrorCode::kInvalid, "no"), 1);
  Set("Pending");
  RunReady(io_);
  Set("Running");
  RunReady(io_);
  EXPECT_EQ(StoredPhase(), "Running");
}

TEST_F(PodStatusWriterTest, ARefusedStatusIsTriedAgainWhenItIsReportedAgain) {
  store_.Fail(FailingStore::Call::kUpdate, MakeError(ErrorCode::kInvalid, "no"), 1);
  Set("Running");
  RunReady(io_);
  ASSERT_NE(StoredPhase(), "Running");
  Set("Running");
  RunReady(io_);
  EXPECT_EQ(StoredPhase(), "Running");
}

TEST_F(PodStatusWriterTest, WhatIsNotTextIsMadeSo) {
  api::PodStatus status = Phase("Running");
  status.reason = "Why";
  status.message = "a\xFF";
  status.conditions.push_back({"Ready", "False", "\xC3", "", std::nullopt});
  writer_.Set(kKey, uid_, status);
  RunReady(io_);
  const auto stored = RunTask(io_, memory_.Get(kKey));
  ASSERT_TRUE(stored.ok());
  EXPECT_EQ(stored->body()["status"]["message"], "a\xEF\xBF\xBD");
  EXPECT_EQ(stored->body()["status"]["conditions"][0]["reason"], "\xEF\xBF\xBD");
}

TEST_F(PodStatusWriterTest, AStatusThatIsTooLargeForTheStoreIsLetGo) {
  api::PodStatus status = Phase("Running");
  status.message = std::string(4 << 20, 'x');
  writer_.Set(kKey, uid_, status);
  RunReady(io_);
  EXPECT_NE(StoredPhase(), "Running");
  EXPECT_TRUE(*BeginEnd(uid_));
}

// ---- what others write

TEST_F(PodStatusWriterTest, NewsOfOlderRevisionsAreNone) {
  Set("Pending");
  RunReady(io_);
  const auto old = RunTask(io_, memory_.Get(kKey));
  Set("Running");
  RunReady(io_);
  CountFromHere();
  writer_.Follow({{}, api::Pod::From(*old)});
  RunReady(io_);
  EXPECT_EQ(Writes(), 0);
}

TEST_F(PodStatusWriterTest, NewsThatComeWhileAWriteIsUnderWayAreLookedAtAfterwards) {
  Set("Running");
  // given news of somebody's write behind ours, before the answer to ours is here
  const auto stored = RunTask(io_, memory_.Get(kKey));
  store::Json theirs = stored->body();
  theirs["status"] = {{"phase", "Pending"}};
  const store::Object newer = store::Object(std::move(theirs)).WithRevision(stored->revision() + 100);
  const int looks = store_.calls(FailingStore::Call::kGet);
  Set("Unknown");
  writer_.Follow({{}, api::Pod::From(newer)});
  RunReady(io_);
  EXPECT_EQ(StoredPhase(), "Unknown");
  EXPECT_EQ(store_.calls(FailingStore::Call::kGet) - looks, 2);  // the write's own, and another one
}

TEST_F(PodStatusWriterTest, AWriteOfSomethingElseIsNoReasonToWriteTheStatusAgain) {
  // given a status with members that admission drops when it checks an object, because they are null
  api::PodStatus status = Phase("Running");
  status.qos_class = "BestEffort";
  status.conditions.push_back({"Ready", "True", "", "", clock_.Now()});
  status.container_statuses.emplace_back();
  status.container_statuses[0].name = "a";
  status.container_statuses[0].state = api::RunningState{clock_.Now()};
  writer_.Set(kKey, uid_, status);
  RunReady(io_);
  const auto labelled = RunTask(io_, client_.Modify(kKey, [](Json& pod) {
    pod["metadata"]["labels"]["a"] = "b";
    return true;
  }));
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  CountFromHere();
  writer_.Follow({{}, api::Pod::From(*labelled)});
  RunReady(io_);
  EXPECT_EQ(Writes(), 0) << labelled->body()["status"].dump();
}

}  // namespace
}  // namespace ordinal::status
