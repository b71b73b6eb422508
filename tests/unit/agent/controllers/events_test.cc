// Events as objects: what is counted, folded and cut short (client-go's rules), and how they are kept and expire.
#include <gtest/gtest.h>

#include "agent/controllers/events/event_log.h"
#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::events {
namespace {

const WallTime kStart = *ParseTime("2026-01-01T00:00:00Z");

Occurrence Said(const std::string& reason, const std::string& message, const std::string& component = "kubelet") {
  Occurrence said;
  said.about = Json{{"kind", "Pod"}, {"namespace", "default"}, {"name", "kubia-0"}, {"uid", "u"}, {"apiVersion", "v1"}};
  said.source.component = component;
  said.reason = reason;
  said.message = message;
  return said;
}

TEST(Correlate, EqualEventsAreOneThatCounts) {
  Correlator correlator;
  const auto first = correlator.Observe(Said("Started", "Started container c"), kStart);
  const auto other = correlator.Observe(Said("Started", "Started container d"), kStart);
  const auto again = correlator.Observe(Said("Started", "Started container c"), kStart + std::chrono::seconds(10));
  ASSERT_TRUE(first && other && again);
  EXPECT_EQ(first->count, 1);
  EXPECT_EQ(other->count, 1);
  EXPECT_EQ(again->count, 2);
  EXPECT_EQ(again->name, first->name);
  EXPECT_NE(other->name, first->name) << "said in the same nanosecond";
  EXPECT_EQ(again->first, kStart);
  EXPECT_EQ(again->last, kStart + std::chrono::seconds(10));
  EXPECT_EQ(first->name, fmt::format("kubia-0.{:x}", kStart.time_since_epoch().count()));
}

TEST(Correlate, WhoSaysItAndWhereMakesADifference) {
  Correlator correlator;
  Occurrence container = Said("Killing", "m");
  container.about["fieldPath"] = "spec.containers{c}";
  Occurrence other_pod = Said("Killing", "m");
  other_pod.about["uid"] = "v";
  Occurrence warning = Said("Killing", "m");
  warning.severity = Severity::kWarning;
  for (const Occurrence& said : {Said("Killing", "m"), Said("Killing", "m", "x"), container, other_pod, warning}) {
    EXPECT_EQ(correlator.Observe(said, kStart)->count, 1);
  }
}

TEST(Correlate, TheEleventhSimilarMessageIsCombined) {
  Correlator correlator;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(correlator.Observe(Said("Created", fmt::format("pod {}", i)), kStart)->said.message,
              fmt::format("pod {}", i));
  }
  const auto eleventh = correlator.Observe(Said("Created", "pod 10"), kStart);
  const auto twelfth = correlator.Observe(Said("Created", "pod 11"), kStart);
  EXPECT_EQ(eleventh->said.message, "(combined from similar events): pod 10");
  EXPECT_EQ(eleventh->count, 1);
  EXPECT_EQ(twelfth->name, eleventh->name);
  EXPECT_EQ(twelfth->count, 2);
  EXPECT_EQ(correlator.Observe(Said("Deleted", "pod 10"), kStart)->said.message, "pod 10") << "another reason";
  const auto later = correlator.Observe(Said("Created", "pod 12"), kStart + std::chrono::minutes(11));
  EXPECT_EQ(later->said.message, "pod 12") << "similar events of long ago are forgotten";
}

TEST(Correlate, ASourceIsCutShortAboutOneObject) {
  Correlator correlator;
  int written = 0;
  for (int i = 0; i < 40; ++i) written += correlator.Observe(Said("BackOff", "m"), kStart).has_value();
  EXPECT_EQ(written, 25);
  EXPECT_TRUE(correlator.Observe(Said("BackOff", "m", "other"), kStart));
  EXPECT_FALSE(correlator.Observe(Said("BackOff", "m"), kStart + std::chrono::minutes(4)));
  const auto later = correlator.Observe(Said("BackOff", "m"), kStart + std::chrono::minutes(6));
  ASSERT_TRUE(later);
  EXPECT_EQ(later->count, 42) << "what was not written counts all the same";
}

TEST(EventDocument, IsWrittenAsItsSourceWrites) {
  Correlator correlator;
  Occurrence old_style = Said("Pulled", "m");
  old_style.source.instance = "node-a";
  Json body = EventDocument(*correlator.Observe(old_style, kStart));
  EXPECT_EQ(body["source"], (Json{{"component", "kubelet"}, {"host", "node-a"}}));
  EXPECT_EQ(body["count"], 1);
  EXPECT_EQ(body["firstTimestamp"], "2026-01-01T00:00:00Z");
  EXPECT_EQ(body["lastTimestamp"], "2026-01-01T00:00:00Z");
  EXPECT_EQ(body["reportingComponent"], "kubelet");
  EXPECT_EQ(body["reportingInstance"], "node-a");
  EXPECT_FALSE(body.contains("eventTime"));

  Occurrence series = Said("FailedScheduling", "m", "default-scheduler");
  series.source.timed_series = true;
  series.action = "Scheduling";
  correlator.Observe(series, kStart);
  body = EventDocument(*correlator.Observe(series, kStart + std::chrono::seconds(2)));
  EXPECT_EQ(body["source"], Json::object());
  EXPECT_FALSE(body.contains("count"));
  EXPECT_EQ(body["eventTime"], "2026-01-01T00:00:00.000000Z");
  EXPECT_EQ(body["series"], (Json{{"count", 2}, {"lastObservedTime", "2026-01-01T00:00:02.000000Z"}}));
  EXPECT_EQ(LastSaid(body), kStart + std::chrono::seconds(2));
}

class Lines final : public Recorder {
 public:
  void Event(const Object&, Severity, std::string_view reason, std::string_view) override {
    reasons.emplace_back(reason);
  }
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
  recorder_.ContainerEvent(Object(PodBody()), "main", Severity::kNormal, "Started", "m");
  recorder_.ContainerEvent(Object(PodBody()), "init", Severity::kNormal, "Started", "m");
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
  recorder_.ContainerEvent(Object(PodBody()), "main", Severity::kWarning, "Failed", "Error: \xFF \xE2\x82");
  recorder_.ContainerEvent(Object(PodBody()), "main", Severity::kWarning, "Failed", std::string(1 << 20, 'x'));
  const auto events = Events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].body()["message"], "Error: \xEF\xBF\xBD \xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(events[1].body()["message"].get<std::string>().size(), 4096U);
}

TEST_F(Kept, ARepeatedEventIsTheSameObject) {
  for (int i = 0; i < 3; ++i) {
    recorder_.Event(Object(PodBody()), Severity::kWarning, "BackOff", "m");
    clock_.Advance(std::chrono::seconds(10));
  }
  const auto events = Events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].body()["count"], 3);
  EXPECT_EQ(events[0].body()["firstTimestamp"], "2026-01-01T00:00:00Z");
  EXPECT_EQ(events[0].body()["lastTimestamp"], "2026-01-01T00:00:20Z");
}

TEST_F(Kept, ADeletedEventThatHappensAgainIsMadeAgain) {
  recorder_.Event(Object(PodBody()), Severity::kWarning, "BackOff", "m");
  const auto before = Events();
  ASSERT_EQ(before.size(), 1U);
  ASSERT_TRUE(RunTask(io_, store_.Delete(before[0].key(), {})).ok());
  recorder_.Event(Object(PodBody()), Severity::kWarning, "BackOff", "m");
  const auto after = Events();
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].body()["count"], 2);
}

TEST_F(Kept, GoesAnHourAfterItWasLastSaid) {
  recorder_.Event(Object(PodBody()), Severity::kNormal, "Once", "m");
  recorder_.Event(Object(PodBody()), Severity::kNormal, "Twice", "m");
  clock_.Advance(std::chrono::minutes(30));
  recorder_.Event(Object(PodBody()), Severity::kNormal, "Twice", "m");
  clock_.Advance(std::chrono::minutes(31));
  auto events = Events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].body()["reason"], "Twice");
  clock_.Advance(std::chrono::minutes(30));
  EXPECT_TRUE(Events().empty());
  EXPECT_EQ(clock_.Pending(), 0U) << "nothing to expire, nothing to wake up for";
}

TEST_F(Kept, NobodysFinalizerKeepsOneThatIsOver) {
  recorder_.Event(Object(PodBody()), Severity::kNormal, "Held", "m");
  recorder_.Event(Object(PodBody()), Severity::kNormal, "Going", "m");
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
    recorder_.Event(Object(pod), Severity::kNormal, fmt::format("R{}", i), "m");
    RunReady(io_);
    if (i == 4) clock_.Advance(std::chrono::seconds(1));
  }
  clock_.Advance(std::chrono::minutes(2));
  const auto events = Events();
  EXPECT_EQ(events.size(), EventLog::kMaxKept);
  for (const Object& event : events) EXPECT_NE(event.body()["reason"], "R0");
}

}  // namespace
}  // namespace ordinal::controllers::events
