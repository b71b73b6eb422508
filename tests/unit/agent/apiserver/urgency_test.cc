#include "agent/apiserver/urgency.h"

#include <gtest/gtest.h>

namespace ordinal::apiserver {
namespace {

struct UrgencyCase {
  const char* group;
  std::vector<std::string> path;
  http::Urgency urgency;
};

TEST(UrgencyTest, ExemptsMastersAndHealthAlone) {
  const UrgencyCase cases[] = {
      {"system:authenticated", {"api", "v1", "pods"}, http::Urgency::kFair},
      {"system:authenticated", {}, http::Urgency::kFair},
      {"system:authenticated", {"readyz"}, http::Urgency::kExempt},
      {"system:unauthenticated", {"livez", "ping"}, http::Urgency::kExempt},
      {"system:authenticated", {"api", "v1", "namespaces", "healthz"}, http::Urgency::kFair},
      {"system:masters", {"api", "v1", "pods"}, http::Urgency::kExempt},
  };
  for (const UrgencyCase& one : cases) {
    http::Request request;
    request.user.groups = {one.group};
    request.segments = one.path;
    EXPECT_EQ(UrgencyOf(request), one.urgency) << one.group << " " << (one.path.empty() ? "" : one.path.back());
  }
}

}  // namespace
}  // namespace ordinal::apiserver
