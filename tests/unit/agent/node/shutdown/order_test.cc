// In which order pods end before a shutdown, and in how much time.
#include "agent/node/shutdown/order.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "agent/node/pressure/ranking.h"
#include "tests/unit/agent/node/pressure/pods.h"

namespace ordinal::node {
namespace {

using api::Json;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Shown(const Result<ShutdownPolicy>& policy) {
  if (!policy.ok()) return policy.error().message;
  std::string out;
  for (const ShutdownGroup& group : policy->groups) out += fmt::format("{}:{}s ", group.priority, group.time.count());
  return out;
}

TEST(ShutdownFlags, DivideTheTime) {
  EXPECT_EQ(Shown(ParseShutdownPolicy({})), "0:20s 2000000000:10s ");
  EXPECT_EQ(Shown(ParseShutdownPolicy({"0", "0", ""})), "");
  EXPECT_EQ(Shown(ParseShutdownPolicy({"1m", "0s", ""})), "0:60s 2000000000:0s ");
  EXPECT_EQ(Shown(ParseShutdownPolicy({"30s", "10s", "10000=1m,0=20s,-5=5s"})), "-5:5s 0:20s 10000:60s ");
  EXPECT_EQ(ParseShutdownPolicy({})->Total(), seconds(30));
}

TEST(ShutdownFlags, WhatIsWrongNamesTheFlag) {
  EXPECT_THAT(Shown(ParseShutdownPolicy({"5s", "10s", ""})),
              HasSubstr("--shutdown-grace-period-critical-pods: 10s is"));
  EXPECT_THAT(Shown(ParseShutdownPolicy({"soon", "0", ""})), HasSubstr("--shutdown-grace-period: \"soon\""));
  for (const char* bad : {"0", "x=1s", "0=1s,0=2s", "1 =3s"}) {
    EXPECT_THAT(Shown(ParseShutdownPolicy({"30s", "10s", bad})), HasSubstr("--shutdown-grace-period-by-pod-priority"));
  }
}

std::vector<std::string> Queues(const ShutdownPolicy& policy, const std::vector<Json>& pods) {
  api::Refs<api::Pod> views;
  for (const Json& pod : pods) views.push_back(ViewOf(pod));
  std::vector<std::string> out;
  for (const auto& group : ShutdownQueues(policy, views)) {
    std::string text;
    for (const ShutdownQueue& queue : group) {
      for (const auto& pod : queue) text += pod->meta.name + (&pod == &queue.back() ? "" : ">");
      text += " ";
    }
    out.push_back(text);
  }
  return out;
}

TEST(ShutdownOrder, OrdinalsFromTheHighestDownBesideEverythingElse) {
  const std::vector<Json> pods{OrdinalOf("db", 0), PodNamed("web"), OrdinalOf("db", 10), OrdinalOf("db", 2),
                               PodNamed("critical", {{"priority", kCriticalPriority}})};
  EXPECT_THAT(Queues(*ParseShutdownPolicy({}), pods), ElementsAre("web db-10>db-2>db-0 ", "critical "));
}

TEST(ShutdownOrder, NobodyIsForgottenWhereTwoHaveOneOrdinal) {
  Json padded = OrdinalOf("db", 1), copied = OrdinalOf("db", 1);
  padded["metadata"]["name"] = "db-01";
  copied["metadata"]["name"] = "copy-1";
  EXPECT_THAT(Queues(*ParseShutdownPolicy({}), {OrdinalOf("db", 0), OrdinalOf("db", 1), padded, copied}),
              ElementsAre("db-1>db-01>copy-1>db-0 ", ""));
}

TEST(ShutdownOrder, APodIsInTheGroupOfTheHighestPriorityBelowItsOwn) {
  const ShutdownPolicy policy = *ParseShutdownPolicy({"0", "0", "0=1s,100=1s,1000=1s"});
  const auto with = [](const char* name, int priority) { return PodNamed(name, {{"priority", priority}}); };
  EXPECT_THAT(Queues(policy, {with("a", -7), with("b", 99), with("c", 100), with("d", 5000)}),
              ElementsAre("a b ", "c ", "d "));
}

TEST(ShutdownOrder, TimeIsSharedByThoseWhoWaitForOneAnother) {
  EXPECT_EQ(ShareOfTime(seconds(20), 1, seconds(30)), seconds(20));
  EXPECT_EQ(ShareOfTime(seconds(20), 1, seconds(5)), seconds(5));
  EXPECT_EQ(ShareOfTime(seconds(20), 3, seconds(30)), seconds(6));
  EXPECT_EQ(ShareOfTime(seconds(1), 3, seconds(30)), seconds(1));
}

}  // namespace
}  // namespace ordinal::node
