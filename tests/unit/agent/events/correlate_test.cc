// Which happenings are one Event: what is counted, folded and cut short (client-go's rules).
#include "agent/events/correlate.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ordinal::events {
namespace {

using api::Json;

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

}  // namespace
}  // namespace ordinal::events
