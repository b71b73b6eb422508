#include "agent/app/readiness.h"

#include <gtest/gtest.h>

namespace ordinal {
namespace {

using api::Json;

TEST(Readiness, OfAnAgentThatStarts) {
  const Json parts = ReadinessOf({.waiting_for = "the pod network"});
  const std::string waiting = "waiting for the pod network";
  EXPECT_EQ(parts, (Json{{"store", true},
                         {"runtime", waiting},
                         {"dns", waiting},
                         {"manifests", waiting},
                         {"roles", "they are being read"}}));
  EXPECT_EQ(WhyNotReady(parts),
            "dns: " + waiting + "; manifests: " + waiting + "; roles: they are being read; runtime: " + waiting);
}

TEST(Readiness, OfOneThatIsThrough) {
  const Json parts =
      ReadinessOf({.runtime_followed = true, .names_published = true, .manifests_read = true, .roles_read = true});
  EXPECT_EQ(parts, (Json{{"store", true}, {"runtime", true}, {"dns", true}, {"manifests", true}, {"roles", true}}));
  EXPECT_EQ(WhyNotReady(parts), "");
}

TEST(Readiness, OfOneWhoseRuntimeWentAwayAndWhoseDiskIsFull) {
  const Json parts = ReadinessOf(
      {.store_trouble = "the disk is full", .names_published = true, .manifests_read = true, .roles_read = true});
  EXPECT_EQ(parts["store"], "the disk is full");
  EXPECT_EQ(parts["runtime"], "it does not answer");
  EXPECT_EQ(parts["dns"], true);
  EXPECT_EQ(WhyNotReady(parts), "runtime: it does not answer; store: the disk is full");
}

}  // namespace
}  // namespace ordinal
