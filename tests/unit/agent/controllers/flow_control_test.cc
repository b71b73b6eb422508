// The default FlowSchemas and priority levels: there, and put right (agent/controllers/flow_control).
#include <gmock/gmock.h>

#include "agent/controllers/flow_control/controller.h"
#include "agent/controllers/flow_control/plan.h"
#include "agent/events/log_recorder.h"
#include "agent/objects/local/local_objects.h"
#include "agent/objects/read_your_writes.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/failing_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::controllers::flow_control {
namespace {

using api::Json;

class FlowControlTest : public testing::Test {
 protected:
  void Start() {
    caches_.Start(io_.get_executor());
    Spawn(io_.get_executor(), "flow control", controller_.Run());
    RunReady(io_);
  }
  Json Read(const char* kind, const char* name) {
    const auto found = RunTask(io_, store_.Get({kind, "", name}));
    return found.ok() ? found->body() : Json();
  }
  void Delete(const char* kind, const char* name) {
    ASSERT_TRUE(RunTask(io_, client_.Delete({kind, "", name}, {})).ok());
    RunReady(io_);
  }
  void Modify(const char* kind, const char* name, std::function<bool(Json&)> change) {
    ASSERT_TRUE(RunTask(io_, client_.Modify({kind, "", name}, std::move(change))).ok());
    RunReady(io_);
  }
  int64_t SharesOf(const char* level) {
    return api::ReadInt(api::Member(api::Member(Read(kLevel, level), "spec"), "limited"), "nominalConcurrencyShares");
  }
  void SetShares(const char* level, int shares, const char* autoupdate) {
    Modify(kLevel, level, [shares, autoupdate](Json& body) {
      body["spec"]["limited"]["nominalConcurrencyShares"] = shares;
      body["metadata"]["annotations"]["apf.kubernetes.io/autoupdate-spec"] = autoupdate;
      return true;
    });
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SystemRandom random_;
  store::MemoryStore store_;
  fakes::FailingStore failing_{store_};
  objects::Caches caches_{store_, clock_};
  objects::ReadYourWrites written_{failing_, caches_};
  objects::LocalObjects client_{written_, clock_, random_};
  events::LogRecorder recorder_;
  Controller controller_{{io_.get_executor(), clock_, client_, recorder_, random_, "node-a"}, caches_};
};

TEST_F(FlowControlTest, MakesWhatIsMissing) {
  Start();
  EXPECT_EQ(SharesOf("catch-all"), 5);
  EXPECT_EQ(Read(kLevel, "catch-all")["spec"]["limited"]["limitResponse"], (Json{{"type", "Reject"}}));
  EXPECT_EQ(Read(kSchema, "exempt")["spec"]["matchingPrecedence"], 1);
  for (const Json& document : Documents()) {
    EXPECT_TRUE(RunTask(io_, store_.Get({document["kind"], "", document["metadata"]["name"]})).ok()) << document;
  }
}

TEST_F(FlowControlTest, WhatIsDeletedComesBackAtOnce) {
  Start();
  for (const char* kind : {kSchema, kLevel}) {
    for (const char* name : {"exempt", "catch-all", "global-default"}) {
      const std::string uid = Read(kind, name)["metadata"]["uid"];
      Delete(kind, name);
      const Json again = Read(kind, name);
      ASSERT_TRUE(again.is_object()) << kind << " " << name;
      EXPECT_NE(again["metadata"]["uid"], uid);
    }
  }
}

TEST_F(FlowControlTest, WhatIsChangedIsPutRightUnlessItsAnnotationSaysNo) {
  Start();
  SetShares("catch-all", 7, "false");  // a mandatory one has no choice
  SetShares("system", 7, "true");
  SetShares("workload-low", 7, "false");
  EXPECT_EQ(SharesOf("catch-all"), 7);
  clock_.Advance(kUntilPutRight);
  RunReady(io_);
  EXPECT_EQ(SharesOf("catch-all"), 5);
  EXPECT_EQ(Read(kLevel, "catch-all")["metadata"]["annotations"]["apf.kubernetes.io/autoupdate-spec"], "true");
  EXPECT_EQ(SharesOf("system"), 30);
  EXPECT_EQ(SharesOf("workload-low"), 7);
}

TEST_F(FlowControlTest, WhatWasChangedBeforeTheStartIsLookedAtThen) {
  Json level = Documents().front();
  ASSERT_EQ(level["metadata"]["name"], "exempt");
  level["spec"]["exempt"]["lendablePercent"] = 12;
  ASSERT_TRUE(RunTask(io_, client_.Create(level)).ok());
  Start();
  EXPECT_EQ(Read(kLevel, "exempt")["spec"]["exempt"]["lendablePercent"], 12) << "that is whoever's who runs it";
}

TEST_F(FlowControlTest, WhatFailedIsTriedUntilItIsDone) {
  failing_.FailAll(MakeError(ErrorCode::kUnavailable, "the disk is full"));
  Start();
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(clock_.AdvanceToNext());
  EXPECT_TRUE(Read(kLevel, "exempt").is_null());
  failing_.Heal();
  clock_.Advance(WorkQueue::kLongestBackoff);
  RunReady(io_);
  EXPECT_TRUE(Read(kLevel, "exempt").is_object());
  EXPECT_TRUE(Read(kSchema, "catch-all").is_object());
}

}  // namespace
}  // namespace ordinal::controllers::flow_control
