// Events as objects: how they are kept and expire.
#include "agent/events/event_log.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "agent/events/store_recorder.h"
#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::events {
namespace {

using api::Json;
using api::Object;

class Lines final : public Recorder {
 public:
  void Record(const Event& event) override { reasons.push_back(event.reason); }
  std::vector<std::string> reasons;
};

class Kept : public testing::Test {
 protected:
  Kept() { Spawn(io_.get_executor(), "events", log_.Run()); }
  std::vector<Object> Events() {
    RunReady(io_);
    return RunTask(io_, store_.List("Event", {})).value().items;
  }
  Json PodBody() {
    return Json::parse(R"({"apiVersion": "v1", "kind": "Pod",
      "metadata": {"name": "kubia-0", "namespace": "default", "uid": "u", "resourceVersion": "7"},
      "spec": {"initContainers": [{"name": "init"}], "containers": [{"name": "main"}]}})");
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{7};
  store::MemoryStore store_;
  objects::LocalObjects client_{store_, clock_, random_};
  Lines lines_;
  EventLog log_{io_.get_executor(), clock_, client_};
  StoreRecorder recorder_{log_, lines_, Source{"kubelet", "node-a", false}};
};

TEST_F(Kept, AsObjectsThatNameWhatTheyAreAbout) {
  recorder_.Record({Object(PodBody()), Severity::kNormal, "Started", "m", "main"});
  recorder_.Record({Object(PodBody()), Severity::kNormal, "Started", "m", "init"});
  const auto events = Events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].body()["involvedObject"], (Json{{"apiVersion", "v1"},
                                                      {"kind", "Pod"},
                                                      {"name", "kubia-0"},
                                                      {"namespace", "default"},
                                                      {"uid", "u"},
                                                      {"resourceVersion", "7"},
                                                      {"fieldPath", "spec.containers{main}"}}));
  EXPECT_EQ(events[1].body()["involvedObject"]["fieldPath"], "spec.initContainers{init}");
  EXPECT_EQ(lines_.reasons, (std::vector<std::string>{"Started", "Started"}));
}

TEST_F(Kept, WhateverBytesAreQuoted) {
  recorder_.Record({Object(PodBody()), Severity::kWarning, "Failed", "Error: \xFF \xE2\x82", "main"});
  recorder_.Record({Object(PodBody()), Severity::kWarning, "Failed", std::string(1 << 20, 'x'), "main"});
  const auto events = Events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].body()["message"], "Error: \xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(events[1].body()["message"].get<std::string>().size(), 4096U);
}

TEST_F(Kept, ARepeatedEventIsTheSameObject) {
  for (int i = 0; i < 3; ++i) {
    recorder_.Record({Object(PodBody()), Severity::kWarning, "BackOff", "m"});
    clock_.Advance(std::chrono::seconds(10));
  }
  const auto events = Events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].body()["count"], 3);
  EXPECT_EQ(events[0].body()["firstTimestamp"], "2026-01-01T00:00:00Z");
  EXPECT_EQ(events[0].body()["lastTimestamp"], "2026-01-01T00:00:20Z");
}

TEST_F(Kept, ADeletedEventThatHappensAgainIsMadeAgain) {
  recorder_.Record({Object(PodBody()), Severity::kWarning, "BackOff", "m"});
  const auto before = Events();
  ASSERT_EQ(before.size(), 1U);
  ASSERT_TRUE(RunTask(io_, store_.Delete(before[0].key(), {})).ok());
  recorder_.Record({Object(PodBody()), Severity::kWarning, "BackOff", "m"});
  const auto after = Events();
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].body()["count"], 2);
}

TEST_F(Kept, GoesAnHourAfterItWasLastSaid) {
  recorder_.Record({Object(PodBody()), Severity::kNormal, "Once", "m"});
  recorder_.Record({Object(PodBody()), Severity::kNormal, "Twice", "m"});
  clock_.Advance(std::chrono::minutes(30));
  recorder_.Record({Object(PodBody()), Severity::kNormal, "Twice", "m"});
  clock_.Advance(std::chrono::minutes(31));
  auto events = Events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].body()["reason"], "Twice");
  clock_.Advance(std::chrono::minutes(30));
  EXPECT_TRUE(Events().empty());
  EXPECT_EQ(clock_.Pending(), 0U) << "nothing to expire, nothing to wake up for";
}

TEST_F(Kept, NobodysFinalizerKeepsOneThatIsOver) {
  recorder_.Record({Object(PodBody()), Severity::kNormal, "Held", "m"});
  recorder_.Record({Object(PodBody()), Severity::kNormal, "Going", "m"});
  for (const Object& event : Events()) {
    const auto held = RunTask(io_, client_.Modify(event.key(), [](Json& body) {
      body["metadata"]["finalizers"] = Json::array({"example.com/hold"});
      return true;
    }));
    ASSERT_TRUE(held.ok()) << held.error().message;
    if (event.body()["reason"] != "Going") continue;
    ASSERT_TRUE(RunTask(io_, client_.Remove(event.key(), {})).ok());
  }
  EXPECT_EQ(Events().size(), 2U);
  clock_.Advance(std::chrono::minutes(61));
  EXPECT_TRUE(Events().empty());
}

TEST_F(Kept, TheOldestGoWhenThereAreTooMany) {
  for (size_t i = 0; i < EventLog::kMaxKept + 5; ++i) {
    Json pod = PodBody();
    pod["metadata"]["uid"] = fmt::format("u{}", i);
    recorder_.Record({Object(pod), Severity::kNormal, fmt::format("R{}", i), "m"});
    RunReady(io_);
    if (i == 4) clock_.Advance(std::chrono::seconds(1));
  }
  clock_.Advance(std::chrono::minutes(2));
  const auto events = Events();
  EXPECT_EQ(events.size(), EventLog::kMaxKept);
  for (const Object& event : events) EXPECT_NE(event.body()["reason"], "R0");
}

}  // namespace
}  // namespace ordinal::events
