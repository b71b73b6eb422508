#include "agent/objects/local/documents.h"

#include <gtest/gtest.h>

namespace ordinal::objects {
namespace {

using api::Json;

TEST(DocumentsTest, AreEqualBut) {
  const Json pod = {{"kind", "Pod"}, {"spec", {{"a", 1}}}, {"status", {{"phase", "Running"}}}};
  Json next = pod;
  EXPECT_TRUE(SameBut({}, pod, next));
  next["status"]["phase"] = "Failed";
  EXPECT_TRUE(SameBut({"status"}, pod, next));
  EXPECT_FALSE(SameBut({"spec"}, pod, next));
  next.erase("status");
  EXPECT_TRUE(SameBut({"status"}, pod, next)) << "it is in one alone";
  EXPECT_TRUE(SameBut({"status"}, next, pod));
  EXPECT_FALSE(SameBut({"spec"}, next, pod));
  EXPECT_FALSE(SameBut({"spec"}, pod, next));
  next["spec"]["a"] = 2;
  EXPECT_FALSE(SameBut({"status"}, pod, next));
  EXPECT_TRUE(SameBut({"status", "spec"}, pod, next));
  EXPECT_TRUE(SameBut({"a"}, Json(), Json()));
  EXPECT_FALSE(SameBut({"a"}, Json(), pod));
}

}  // namespace
}  // namespace ordinal::objects
