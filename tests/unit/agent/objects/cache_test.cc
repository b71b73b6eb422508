#include "agent/objects/cache.h"

#include <gmock/gmock.h>

#include "agent/objects/read_your_writes.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/failing_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::objects {
namespace {

using api::Json;
using store::HistoryLimits;
using store::MemoryStore;
using store::Preconditions;

using fakes::FailingStore;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kMillisecond = std::chrono::milliseconds(1);

Object Pod(const std::string& ns, const std::string& name, int value = 0, const std::string& uid = "") {
  Json body = {{"apiVersion", "v1"}, {"kind", "Pod"}, {"spec", {{"value", value}}}};
  body["metadata"] = {{"namespace", ns}, {"name", name}, {"uid", uid.empty() ? "uid-" + name : uid}};
  return Object(std::move(body));
}

class CacheTest : public testing::Test {
 protected:
  CacheTest() {
    cache_.OnChange([this](const Change<api::Plain>& change) {
      const char* type = change.added() ? "ADDED" : change.deleted() ? "DELETED" : "MODIFIED";
      const Object& object = change.last()->object;
      const api::Ref<api::Plain> found = cache_.Find(object.ns(), object.name());
      seen_.push_back(std::string(type) + " " + object.name() + (change.old ? " was " + Value(*change.old) : "") +
                      (found ? " is " + Value(*found) : ""));
    });
  }

  static std::string Value(const api::Plain& plain) { return plain.object.body()["spec"]["value"].dump(); }

  void Start() { Spawn(io_.get_executor(), "cache", cache_.Run()); }
  void Write(const Object& object) { ASSERT_TRUE(RunTask(io_, memory_.Create(object)).ok()); }
  void Rewrite(const Object& object) { ASSERT_TRUE(RunTask(io_, memory_.Update(object)).ok()); }
  void Remove(const Object& object) { ASSERT_TRUE(RunTask(io_, memory_.Delete(object.key(), Preconditions())).ok()); }

  /// What the handler saw since the last call.
  std::vector<std::string> Seen() {
    RunReady(io_);
    return std::exchange(seen_, {});
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  MemoryStore memory_{HistoryLimits{.events = 8}};
  FailingStore store_{memory_};
  const std::shared_ptr<Cache<api::Plain>> held_ = std::make_shared<Cache<api::Plain>>(store_, clock_, "Pod");
  Cache<api::Plain>& cache_ = *held_;
  std::vector<std::string> seen_;
  const Preconditions any_;
};

TEST_F(CacheTest, ListsThenFollows) {
  Write(Pod("default", "a", 1));
  EXPECT_FALSE(cache_.Synced());
  Start();
  RunTask(io_, cache_.WaitSynced());
  EXPECT_TRUE(cache_.Synced());
  EXPECT_THAT(Seen(), ElementsAre("ADDED a is 1"));
  Write(Pod("default", "b", 2));
  Rewrite(Pod("default", "a", 3));
  Remove(Pod("default", "b"));
  EXPECT_THAT(Seen(), ElementsAre("ADDED b is 2", "MODIFIED a was 1 is 3", "DELETED b was 2"));
  EXPECT_EQ(cache_.size(), 1U);
}

TEST_F(CacheTest, FindsAndVisitsByNamespace) {
  for (const Object& pod : {Pod("b", "p1"), Pod("a", "p2"), Pod("a", "p1")}) Write(pod);
  Start();
  RunTask(io_, cache_.WaitSynced());
  EXPECT_EQ(cache_.Find("a", "p2")->object.name(), "p2");
  EXPECT_FALSE(cache_.Find("b", "p2"));
  for (const auto& [ns, expected] : std::map<std::string, std::vector<std::string>>{
           {"", {"a/p1", "a/p2", "b/p1"}}, {"a", {"a/p1", "a/p2"}}, {"c", {}}}) {
    std::vector<std::string> visited;
    cache_.ForEach(ns, [&](const api::Plain& each) { visited.push_back(each.object.ns() + "/" + each.object.name()); });
    EXPECT_EQ(visited, expected) << ns;
  }
}

TEST_F(CacheTest, ManyMayWaitForTheFirstList) {
  int through = 0;
  for (int i = 0; i < 3; ++i) {
    asio::co_spawn(io_, cache_.WaitSynced(), [&](std::exception_ptr) { ++through; });
  }
  RunReady(io_);
  EXPECT_EQ(through, 0);
  Start();
  EXPECT_TRUE(RunUntil(io_, [&] { return through == 3; }));
}

TEST_F(CacheTest, AfterAnExpiredWatchItReportsWhatChangedMeanwhile) {
  Write(Pod("default", "kept", 1));
  Write(Pod("default", "changed", 1));
  Write(Pod("default", "gone", 1));
  Write(Pod("default", "replaced", 1, "uid-1"));
  Start();
  RunTask(io_, cache_.WaitSynced());
  Seen();
  // given a watch that breaks while changes happen that it does not deliver
  store_.BreakWatches(MakeError(ErrorCode::kExpired, "forgotten"));
  const auto change = [this]() -> Task<bool> {
    const Object gone = Pod("default", "gone");
    const Object replaced = Pod("default", "replaced");
    bool all = (co_await memory_.Update(Pod("default", "changed", 2))).ok();
    all = all && (co_await memory_.Delete(gone.key(), any_)).ok();
    all = all && (co_await memory_.Delete(replaced.key(), any_)).ok();
    all = all && (co_await memory_.Create(Pod("default", "replaced", 2, "uid-2"))).ok();
    co_return all && (co_await memory_.Create(Pod("default", "new", 2))).ok();
  };
  ASSERT_TRUE(RunTask(io_, change()));
  // then the list after it amounts to the same, and the watch goes on
  EXPECT_THAT(Seen(), ElementsAre("DELETED gone was 1", "MODIFIED changed was 1 is 2", "ADDED new is 2",
                                  "DELETED replaced was 1", "ADDED replaced is 2"));
  Rewrite(Pod("default", "kept", 3));
  EXPECT_THAT(Seen(), ElementsAre("MODIFIED kept was 1 is 3"));
}

TEST_F(CacheTest, BacksOffWhileTheStoreIsUnavailable) {
  store_.FailAll(MakeError(ErrorCode::kUnavailable, "down"));
  Start();
  RunReady(io_);
  const auto lists = [&] { return store_.calls(FailingStore::Call::kList); };
  EXPECT_EQ(lists(), 1);
  // 50 ms, then twice as long each time
  for (const auto& [advance, expected] :
       std::vector<std::pair<int, int>>{{49, 1}, {1, 2}, {99, 2}, {1, 3}, {199, 3}, {1, 4}, {6000, 8}}) {
    clock_.Advance(advance * kMillisecond);
    EXPECT_EQ(lists(), expected) << advance;
  }
  // but never longer than 5 s
  clock_.Advance(std::chrono::seconds(50));
  EXPECT_EQ(lists(), 18);
  store_.Heal();
  clock_.Advance(std::chrono::seconds(5));
  EXPECT_TRUE(cache_.Synced());
}

TEST_F(CacheTest, ABrokenWatchStartsAgainWithoutRepeatingWhatIsKnown) {
  Write(Pod("default", "a", 1));
  Start();
  RunTask(io_, cache_.WaitSynced());
  EXPECT_THAT(Seen(), ElementsAre("ADDED a is 1"));
  store_.BreakWatches(MakeError(ErrorCode::kUnavailable, "connection lost"));
  Rewrite(Pod("default", "a", 2));
  EXPECT_THAT(Seen(), IsEmpty());
  clock_.Advance(50 * kMillisecond);
  EXPECT_THAT(Seen(), ElementsAre("MODIFIED a was 1 is 2"));
}

// ---- own writes

TEST_F(CacheTest, AnOwnWriteIsThereAtOnceAndToldOnce) {
  Start();
  RunTask(io_, cache_.WaitSynced());
  // given writes whose answers are here before the watch tells of them
  const Object made = Pod("default", "a", 1).WithRevision(1);
  cache_.Take(made);
  EXPECT_THAT(Seen(), ElementsAre("ADDED a is 1"));
  cache_.Take(Pod("default", "a", 2).WithRevision(2));
  cache_.Take(made);  // an answer that took its time
  EXPECT_THAT(Seen(), ElementsAre("MODIFIED a was 1 is 2"));
  // then the watch tells of both, and that is no news
  Write(Pod("default", "a", 1));
  Rewrite(Pod("default", "a", 2));
  EXPECT_THAT(Seen(), IsEmpty());
  EXPECT_EQ(Value(*cache_.Find("default", "a")), "2");
}

TEST_F(CacheTest, AnOwnRemovalIsNotUndoneByOlderNews) {
  Start();
  RunTask(io_, cache_.WaitSynced());
  cache_.Take(Pod("default", "a", 1).WithRevision(1));
  cache_.TakeGone(Pod("default", "a", 1).WithRevision(2));
  EXPECT_FALSE(cache_.Find("default", "a"));
  EXPECT_THAT(Seen(), ElementsAre("ADDED a is 1", "DELETED a was 1"));
  // then the watch tells of both once more
  Write(Pod("default", "a", 1));
  Remove(Pod("default", "a"));
  EXPECT_THAT(Seen(), IsEmpty());
  Write(Pod("default", "a", 3));
  EXPECT_THAT(Seen(), ElementsAre("ADDED a is 3"));
}

TEST_F(CacheTest, SomebodyElsesWriteBehindAnOwnOneCounts) {
  Start();
  RunTask(io_, cache_.WaitSynced());
  const Object made = Pod("default", "a", 1).WithRevision(1);
  cache_.Take(made);
  Write(Pod("default", "a", 1));
  Rewrite(Pod("default", "a", 2));
  EXPECT_THAT(Seen(), ElementsAre("ADDED a is 1", "MODIFIED a was 1 is 2"));
  cache_.Take(made);
  EXPECT_THAT(Seen(), IsEmpty()) << "the watch is past that";
}

TEST_F(CacheTest, AnOwnWriteOutlastsAListThatIsOlder) {
  Write(Pod("default", "a", 1));
  Start();
  RunTask(io_, cache_.WaitSynced());
  Seen();
  // given a store that answers late: what is listed again was written over meanwhile
  const Object changed = Object(Pod("default", "a", 2)).WithRevision(7);
  const Object added = Object(Pod("default", "b", 2)).WithRevision(8);
  cache_.Take(changed);
  cache_.Take(added);
  EXPECT_THAT(seen_, ElementsAre("MODIFIED a was 1 is 2", "ADDED b is 2"));
  store_.BreakWatches(MakeError(ErrorCode::kExpired, "forgotten"));
  EXPECT_THAT(Seen(), ElementsAre("MODIFIED a was 1 is 2", "ADDED b is 2"));
  EXPECT_EQ(Value(*cache_.Find("default", "a")), "2");
}

TEST_F(CacheTest, WhatIsHeldStaysAsItIs) {
  Write(Pod("default", "a", 1));
  Start();
  RunTask(io_, cache_.WaitSynced());
  const api::Ref<api::Plain> held = cache_.Find("default", "a");
  Rewrite(Pod("default", "a", 2));
  Seen();
  Remove(Pod("default", "a"));
  Seen();
  EXPECT_EQ(Value(*held), "1");
}

TEST_F(CacheTest, AnExceptionInOneHandlerKeepsNobodyFromTheNews) {
  int told = 0;
  cache_.OnChange([](const Change<api::Plain>&) { throw std::runtime_error("broken"); });
  cache_.OnChange([&](const Change<api::Plain>&) { ++told; });
  Start();
  RunTask(io_, cache_.WaitSynced());
  Write(Pod("default", "a", 1));
  EXPECT_THAT(Seen(), ElementsAre("ADDED a is 1"));
  EXPECT_EQ(told, 1);
}

// ---- indexes

TEST_F(CacheTest, AnIndexFollowsWhatItsKeysAreMadeOf) {
  Write(Pod("b", "p1", 1));
  Write(Pod("a", "p2", 1));
  Start();
  RunTask(io_, cache_.WaitSynced());
  const auto by_value = [](const api::Plain& plain) { return std::vector<std::string>{Value(plain)}; };
  const Index<api::Plain>& index = cache_.IndexBy("value", by_value);
  EXPECT_EQ(&cache_.IndexBy("value", nullptr), &index) << "one index a name";
  const auto under = [&](const std::string& key) {
    std::vector<std::string> places;
    index.ForEach(key, [&](const api::Plain& each) { places.push_back(each.object.ns() + "/" + each.object.name()); });
    return places;
  };
  EXPECT_THAT(under("1"), ElementsAre("a/p2", "b/p1"));
  Rewrite(Pod("a", "p2", 2));
  Write(Pod("a", "p1", 1));
  Seen();
  EXPECT_THAT(under("1"), ElementsAre("a/p1", "b/p1"));
  EXPECT_THAT(under("2"), ElementsAre("a/p2"));
  EXPECT_EQ(index.Count("2"), 1U);
  Remove(Pod("a", "p2"));
  Seen();
  EXPECT_THAT(under("2"), IsEmpty());
  EXPECT_EQ(index.Count("2"), 0U);
}

}  // namespace
}  // namespace ordinal::objects
