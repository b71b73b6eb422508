#include "agent/api/text/members.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ordinal::api {
namespace {

TEST(FieldComplaints, AreNotMoreThanAPersonReads) {
  std::string text = "{";
  std::set<std::string> unknown;
  for (int i = 0; i < 40'000; ++i) {
    const std::string name = "field" + std::to_string(i);
    text += (i > 0 ? ",\"" : "\"") + name + "\":1";
    unknown.insert(name);
  }
  const auto complaints = FieldComplaints(text + "}", unknown);
  EXPECT_EQ(complaints.size(), 100u);
  EXPECT_EQ(complaints.front(), "unknown field \"field0\"");
}

TEST(FieldComplaints, OfLongNamesTakeNoGigabytes) {
  // Each path written out would have 1 MB, all of them 20 GB.
  std::string text = "{\"" + std::string(1'000'000, 'a') + "\":{\"b\":1,\"b\":2";
  for (int i = 0; i < 20'000; ++i) text += ",\"c" + std::to_string(i) + "\":1";
  EXPECT_THAT(FieldComplaints(text + "}}", {}), testing::ElementsAre("duplicate field \"….b\""));
}

}  // namespace
}  // namespace ordinal::api
