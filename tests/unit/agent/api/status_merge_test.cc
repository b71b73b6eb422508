#include "agent/api/kinds/pod/status_merge.h"

#include <gtest/gtest.h>

namespace ordinal::api {
namespace {

const Json kStored = Json::parse(R"({"phase":"Running","podIP":"10.244.0.2","conditions":[
    {"type":"PodScheduled","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"},
    {"type":"example.test/gate","status":"True"}]})");

TEST(StatusMerge, TheNodeKeepsConditionsOfOthersBehindItsOwn) {
  const Json said = Json::parse(R"({"phase":"Pending","conditions":[{"type":"Ready","status":"False"},
      {"type":"PodScheduled","status":"True"}]})");
  EXPECT_EQ(MergedStatus(StatusBy::kNode, said, kStored), Json::parse(R"({"phase":"Pending","conditions":[
      {"type":"Ready","status":"False"},{"type":"PodScheduled","status":"True"},
      {"type":"example.test/gate","status":"True"}]})"));
  EXPECT_EQ(MergedStatus(StatusBy::kNode, said, Json()), said);
}

/// Others' conditions stay; those of a resize are the node's, and no longer true when it does not say them.
TEST(StatusMerge, AResizeThatIsOverIsNotShownAnyMore) {
  const Json stored = Json::parse(R"({"phase":"Running","conditions":[{"type":"PodResizePending","status":"True"},
      {"type":"PodResizeInProgress","status":"True"}]})");
  const Json said = Json::parse(R"({"phase":"Running","conditions":[{"type":"Ready","status":"True"}]})");
  EXPECT_EQ(MergedStatus(StatusBy::kNode, said, stored), said);
}

TEST(StatusMerge, PlacementSaysItsConditionAndNothingElse) {
  const auto placed = [](const char* status, const char* time) {
    return Json{{"conditions", {{{"type", "PodScheduled"}, {"status", status}, {"lastTransitionTime", time}}}}};
  };
  EXPECT_EQ(MergedStatus(StatusBy::kPlacement, placed("True", "2026-02-02T00:00:00Z"), kStored), kStored);
  Json other = kStored;
  other["conditions"][0]["status"] = "False";
  other["conditions"][0]["lastTransitionTime"] = "2026-02-02T00:00:00Z";
  EXPECT_EQ(MergedStatus(StatusBy::kPlacement, placed("False", "2026-02-02T00:00:00Z"), kStored), other);
  const Json first = placed("True", "2026-02-02T00:00:00Z");
  EXPECT_EQ(MergedStatus(StatusBy::kPlacement, first, Json()), first);
}

TEST(StatusMerge, AClientSaysAllOfIt) {
  const Json said = Json::parse(R"({"phase":"Pending","conditions":[]})");
  EXPECT_EQ(MergedStatus(StatusBy::kClient, said, kStored), said);
}

TEST(StatusMerge, NobodyTakesAnEndBack) {
  const Json stored = Json::parse(R"({"phase":"Failed","reason":"Evicted","message":"why"})");
  for (const StatusBy by : {StatusBy::kNode, StatusBy::kClient}) {
    EXPECT_EQ(MergedStatus(by, {{"phase", "Running"}, {"message", "all is well"}}, stored), stored);
    EXPECT_EQ(MergedStatus(by, {{"phase", "Succeeded"}}, stored), Json({{"phase", "Succeeded"}}));
  }
}

TEST(StatusMerge, NullIsNothing) {
  EXPECT_TRUE(SameStatus(Json::parse(R"({"a":[{"b":null,"c":1}]})"), Json::parse(R"({"a":[{"c":1}]})")));
  EXPECT_FALSE(SameStatus(Json::parse(R"({"a":[{"c":1}]})"), Json::parse(R"({"a":[{"c":2}]})")));
  EXPECT_FALSE(SameStatus(Json::parse(R"({"a":[1]})"), Json::parse(R"({"a":[1,2]})")));
}

}  // namespace
}  // namespace ordinal::api
