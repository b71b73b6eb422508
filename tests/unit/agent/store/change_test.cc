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

TEST(Change, WhatNobodyElseHasIsTakenWithoutACopy) {
  Object wanted = Config("small");
  const api::Json* body = &wanted.body()["data"];
  const auto made = PlanCreate(Object(), std::move(wanted), 7);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(&made->object.body()["data"], body);
  EXPECT_EQ(made->object.revision(), 7U);
  EXPECT_EQ(made->object.body()["metadata"]["resourceVersion"], "7");

  Object next = Config("another");
  const Object also = next;
  const auto changed = PlanUpdate(made->object, std::move(next), 8);
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(changed->object.revision(), 8U);
  EXPECT_EQ(also.revision(), 0U) << "somebody else has it";
  EXPECT_FALSE(also.body()["metadata"].contains("resourceVersion"));
  EXPECT_EQ(made->object.body()["data"]["page"], "small") << "what is stored stays";
}

TEST(Change, WhatIsRefusedStaysWithWhoAsked) {
  const Object stored = Stored("small");
  Object large = Config(std::string(1536 * kKiB, 'a'));
  for (int tries = 0; tries < 2; ++tries) {
    const auto refused = PlanUpdate(stored, std::move(large), 2);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().reason, "RequestEntityTooLarge");
    ASSERT_FALSE(large.empty());
    EXPECT_EQ(large.revision(), 0U);
  }
  Object late = Config("late").WithRevision(5);
  EXPECT_EQ(PlanUpdate(stored, std::move(late), 2).error().reason, "Conflict");
  EXPECT_EQ(late.revision(), 5U);
  Object bytes = Config("\xff");
  EXPECT_EQ(PlanUpdate(stored, std::move(bytes), 2).error().reason, "Invalid");
}

}  // namespace
}  // namespace ordinal::store
