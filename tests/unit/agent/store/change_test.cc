// What a store takes: how large a document may be.
#include "agent/store/core/change.h"

#include <gtest/gtest.h>

#include "agent/api/text/go_text.h"

namespace ordinal::store {
namespace {

constexpr size_t kKiB = 1024;

Object Config(const std::string& data) {
  return Object(Json{{"apiVersion", "v1"},
                     {"kind", "ConfigMap"},
                     {"metadata", {{"name", "page"}, {"namespace", "default"}}},
                     {"data", {{"page", data}}}});
}

/// As stores hold one that an earlier version took.
Object Stored(const std::string& data) {
  Object object = Config(data).WithRevision(1);
  object.Written(std::make_shared<const std::string>(api::AsGoWrites(object.body().dump())));
  return object;
}

TEST(Change, ADocumentIsBoundedAsItIsWrittenAndAsItIsKept) {
  EXPECT_TRUE(PlanCreate(Object(), Config(std::string(1500 * kKiB, 'a')), 1).ok());
  EXPECT_TRUE(PlanCreate(Object(), Config(std::string(500 * kKiB, '<')), 1).ok());
  for (const std::string& data : {std::string(1536 * kKiB, 'a'), std::string(520 * kKiB, '<')}) {
    const auto refused = PlanCreate(Object(), Config(data), 1);
    ASSERT_FALSE(refused.ok()) << data.front();
    EXPECT_EQ(refused.error().reason, "RequestEntityTooLarge");
    EXPECT_EQ(refused.error().message.find("as it is kept") != std::string::npos, data.front() == '<');
    EXPECT_FALSE(PlanUpdate(Stored("small"), Config(data), 2).ok()) << data.front();
  }
}

TEST(Change, WhatIsStoredAndLargerMayBeChangedAndDeleted) {
  const Object stored = Stored(std::string(520 * kKiB, '<'));
  EXPECT_TRUE(PlanUpdate(stored, Config(std::string(521 * kKiB, '<')), 2).ok());
  EXPECT_TRUE(PlanDelete(stored, stored.key(), {}, 2).ok());
}

}  // namespace
}  // namespace ordinal::store
