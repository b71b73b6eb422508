// The default FlowSchemas and priority levels.
#include <gmock/gmock.h>

#include "agent/controllers/flow_control/defaults.h"
#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/failing_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::controllers::flow_control {
namespace {

using api::Json;

TEST(FlowControl, MakesWhatIsMissingAndLeavesWhatWasChanged) {
  asio::io_context io;
  RealClock clock(io.get_executor());
  SeededRandom random(7);
  store::MemoryStore store;
  objects::LocalObjects client(store, clock, random);
  const Status made = RunTask(io, MakeDefaults(client));
  ASSERT_TRUE(made.ok()) << made.error().message;
  const api::ObjectKey level{"PriorityLevelConfiguration", "", "catch-all"}, schema{"FlowSchema", "", "exempt"};
  const Json limited = RunTask(io, store.Get(level))->body()["spec"]["limited"];
  EXPECT_EQ(limited["nominalConcurrencyShares"], 5);
  EXPECT_EQ(limited["limitResponse"], (Json{{"type", "Reject"}}));
  EXPECT_EQ(RunTask(io, store.Get(schema))->body()["spec"]["matchingPrecedence"], 1);
  std::function<bool(Json&)> change = [](Json& body) {
    body["spec"]["limited"]["nominalConcurrencyShares"] = 7;
    return true;
  };
  ASSERT_TRUE(RunTask(io, client.Modify(level, change)).ok());
  ASSERT_TRUE(RunTask(io, MakeDefaults(client)).ok());
  EXPECT_EQ(RunTask(io, store.Get(level))->body()["spec"]["limited"]["nominalConcurrencyShares"], 7);
}

TEST(FlowControl, WhatFailedIsTriedUntilItIsDone) {
  asio::io_context io;
  fakes::FakeClock clock(io);
  SeededRandom random(7);
  store::MemoryStore store;
  fakes::FailingStore failing(store);
  objects::LocalObjects client(failing, clock, random);
  failing.FailAll(MakeError(ErrorCode::kUnavailable, "the disk is full"));
  const Status full = RunTask(io, MakeDefaults(client));
  ASSERT_FALSE(full.ok());
  bool done = false;
  const auto repeat = [](Task<void> repeated, bool& ended) -> Task<void> {
    co_await std::move(repeated);
    ended = true;
  };
  Spawn(io.get_executor(), "defaults", repeat(RepeatDefaults(clock, client, full.error()), done));
  RunReady(io);
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(clock.AdvanceToNext());
  EXPECT_FALSE(done);
  failing.Heal();
  ASSERT_TRUE(clock.AdvanceToNext());
  RunReady(io);
  EXPECT_TRUE(done);
  const api::ObjectKey level{"PriorityLevelConfiguration", "", "exempt"}, schema{"FlowSchema", "", "catch-all"};
  EXPECT_TRUE(RunTask(io, store.Get(level)).ok());
  EXPECT_TRUE(RunTask(io, store.Get(schema)).ok());
}

}  // namespace
}  // namespace ordinal::controllers::flow_control
