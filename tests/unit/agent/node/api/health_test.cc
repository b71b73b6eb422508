#include "agent/node/api/health.h"

#include <gtest/gtest.h>

namespace ordinal::node {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST(NodeHealth, FailsWhenPodsStandStillForFiveMinutes) {
  HealthSubject subject;
  subject.runs = std::chrono::hours(1);
  EXPECT_EQ(HealthOf(subject), api::Json({{"ping", true}, {"syncloop", true}}));
  subject.runtime_silent = minutes(5) - seconds(1);
  EXPECT_EQ(HealthOf(subject)["syncloop"], true) << "a runtime may be started anew";
  subject.runtime_silent = minutes(5);
  EXPECT_EQ(HealthOf(subject)["syncloop"], "the container runtime does not answer");
  EXPECT_EQ(HealthOf(subject)["ping"], true);
}

TEST(NodeHealth, FailsWhenAStartTakesAsLong) {
  HealthSubject subject;
  subject.waiting_for = "manifests";
  subject.runs = minutes(4);
  EXPECT_EQ(HealthOf(subject)["syncloop"], true);
  subject.runs = minutes(5);
  EXPECT_EQ(HealthOf(subject)["syncloop"], "waiting for manifests");
}

}  // namespace
}  // namespace ordinal::node
