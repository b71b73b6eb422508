#include "agent/objects/create_or_find.h"

#include <gtest/gtest.h>

#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/failing_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::objects {
namespace {

using store::MemoryStore;

class CreateOrFindTest : public testing::Test {
 protected:
  Result<bool> Make(const std::string& value) {
    Json body = {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"data", {{"k", value}}}};
    body["metadata"] = Json{{"name", "a"}, {"namespace", "default"}};
    const Json wanted = body["data"];
    return RunTask(io_, CreateOrFind(client_, std::move(body), [wanted](const Object& existing) {
                     return existing.body()["data"] == wanted ? "" : "holds something else";
                   }));
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SystemRandom random_;
  MemoryStore memory_;
  fakes::FailingStore store_{memory_};
  LocalObjects client_{store_, clock_, random_};
};

TEST_F(CreateOrFindTest, CreatesOrFindsWhatWasWanted) {
  EXPECT_TRUE(Make("1").value());
  EXPECT_FALSE(Make("1").value());
}

TEST_F(CreateOrFindTest, ATakenNameIsAnError) {
  ASSERT_TRUE(Make("1").ok());
  const auto made = Make("2");
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(made.error().message, "ConfigMap default/a already exists and holds something else");
}

TEST_F(CreateOrFindTest, WhatGoesWhileItIsLookedAtIsTriedAgain) {
  store_.Fail(fakes::FailingStore::Call::kCreate, MakeError(ErrorCode::kAlreadyExists, "taken"));
  const auto made = Make("1");
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, ErrorCode::kConflict);
  EXPECT_TRUE(Make("1").value());
}

TEST_F(CreateOrFindTest, OtherErrorsStayWhatTheyAre) {
  store_.Fail(fakes::FailingStore::Call::kCreate, MakeError(ErrorCode::kUnavailable, "no store"));
  EXPECT_EQ(Make("1").error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace ordinal::objects
