// The default FlowSchemas and priority levels.
#include <gmock/gmock.h>

#include "agent/controllers/flow_control/defaults.h"
#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
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

}  // namespace
}  // namespace ordinal::controllers::flow_control
