#include "agent/metrics/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "agent/observe/pod_state.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::metrics {
namespace {

using api::Json;
using fakes::FakeRuntime;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SourceTest : public ::testing::Test {
 protected:
  SourceTest() {
    runtime_.AddImage("a:1");
    WriteProc(1000, 500);
    Store({{"apiVersion", "v1"}, {"kind", "Node"}, {"metadata", {{"name", "node-a"}, {"uid", "n"}}}});
  }

  void Store(const Json& body) { ASSERT_TRUE(RunTask(io_, store_.Create(api::Object(body))).ok()); }

  void WriteProc(uint64_t ticks, uint64_t kilobytes) {
    fakes::WriteFile(proc_ / "stat", fmt::format("cpu {} 0 0 0 0 0 0 0 0 0\n", ticks));
    fakes::WriteFile(proc_ / "meminfo",
                     fmt::format("MemTotal: {} kB\nMemFree: 0 kB\nInactive(file): 0 kB\n", kilobytes));
  }

  /// A pod of the store that runs in the runtime.
  void RunPod(const std::string& name, const std::vector<std::string>& containers) {
    cri::SandboxConfig sandbox;
    sandbox.name = name;
    sandbox.ns = "default";
    sandbox.uid = "uid-" + name;
    sandbox.labels = {{observe::kPodUidLabel, sandbox.uid}, {observe::kAgentLabel, "node-a"}};
    const auto id = RunTask(io_, runtime_.RunSandbox(sandbox));
    Json statuses = Json::array();
    for (const std::string& container : containers) {
      cri::ContainerConfig config;
      config.name = container;
      config.image = "a:1";
      config.labels = sandbox.labels;
      const auto made = RunTask(io_, runtime_.CreateContainer(*id, config, sandbox));
      ASSERT_TRUE(RunTask(io_, runtime_.StartContainer(*made)).ok());
      statuses.push_back({{"name", container}, {"state", {{"running", Json::object()}}}});
    }
    Store({{"apiVersion", "v1"},
           {"kind", "Pod"},
           {"metadata", {{"name", name}, {"namespace", "default"}, {"uid", sandbox.uid}, {"labels", {{"app", name}}}}},
           {"status", {{"containerStatuses", statuses}}}});
  }

  /// Asks; `during` happens half a second later, and the answer is awaited for a second more.
  Result<Json> Ask(
      Task<Result<Json>> question, const std::function<void()>& during = [] {}) {
    std::optional<Result<Json>> answer;
    const auto ask = [](Task<Result<Json>> asked, std::optional<Result<Json>>& out) -> Task<void> {
      out = co_await std::move(asked);
    };
    Spawn(io_.get_executor(), "ask", ask(std::move(question), answer));
    clock_.Advance(milliseconds(500));
    during();
    clock_.Advance(milliseconds(500));
    if (!answer) return MakeError(ErrorCode::kDeadlineExceeded, "no answer within a second");
    return *answer;
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  FakeRuntime runtime_{clock_, io_.get_executor()};
  fakes::ScratchDirectory proc_;
  store::MemoryStore store_;
  Meter meter_{runtime_, clock_, "node-a", proc_.path()};
  Source source_{store_, meter_, "node-a"};
};

TEST_F(SourceTest, TheFirstQuestionMeasuresForASecond) {
  RunPod("kubia", {"main", "side"});
  const auto pods = Ask(source_.Pods(), [this] {
    runtime_.SetUsage("main", milliseconds(250), 4 << 20);
    runtime_.SetUsage("side", std::chrono::nanoseconds(3'187'411), 18204 << 10);
  });
  ASSERT_TRUE(pods.ok()) << pods.error().message;
  EXPECT_EQ(*pods, Json::parse(R"([{
    "metadata": {"name": "kubia", "namespace": "default", "labels": {"app": "kubia"},
                 "creationTimestamp": "2026-01-01T00:00:01Z"},
    "timestamp": "2026-01-01T00:00:01Z", "window": "1.000s",
    "containers": [{"name": "main", "usage": {"cpu": "250m", "memory": "4Mi"}},
                   {"name": "side", "usage": {"cpu": "3187411n", "memory": "18204Ki"}}]}])"));
}

TEST_F(SourceTest, LaterQuestionsMeasureSinceTheLastOne) {
  RunPod("kubia", {"main"});
  ASSERT_TRUE(Ask(source_.Pods()).ok());
  runtime_.SetUsage("main", seconds(5), 4096);
  clock_.Advance(seconds(9));
  const auto pods = RunTask(io_, source_.Pods());  // at once
  ASSERT_TRUE(pods.ok()) << pods.error().message;
  EXPECT_EQ((*pods)[0]["window"], "9.000s");
  EXPECT_EQ((*pods)[0]["containers"][0]["usage"]["cpu"], "555555555n");
  runtime_.SetUsage("main", seconds(50), 8192);
  EXPECT_EQ(*RunTask(io_, source_.Pods()), *pods) << "within a second the answer is the same";
}

TEST_F(SourceTest, AClockThatIsSetMakesNoOldAnswerNewAndNoWindowWrong) {
  RunPod("kubia", {"main"});
  ASSERT_TRUE(Ask(source_.Pods()).ok());
  clock_.Set(-std::chrono::hours(1));
  clock_.Advance(seconds(2));
  runtime_.SetUsage("main", milliseconds(500), 8192);
  const auto pods = RunTask(io_, source_.Pods());
  ASSERT_TRUE(pods.ok()) << pods.error().message;
  EXPECT_EQ((*pods)[0]["window"], "2.000s");
  EXPECT_EQ((*pods)[0]["containers"][0]["usage"]["cpu"], "250m");
  clock_.Advance(seconds(2));
  const auto set_meanwhile = [this] { clock_.Set(std::chrono::hours(1)); };
  RunPod("other", {"main"});  // measured anew
  const auto both = Ask(source_.Pods(), set_meanwhile);
  ASSERT_TRUE(both.ok()) << both.error().message;
  ASSERT_THAT(*both, SizeIs(2));
  EXPECT_EQ((*both)[0]["window"], "1.000s");
}

TEST_F(SourceTest, APodThatIsNewIsMeasuredAnew) {
  RunPod("kubia", {"main"});
  ASSERT_TRUE(Ask(source_.Pods()).ok());
  clock_.Advance(seconds(9));
  RunPod("other", {"main"});
  const auto pods = Ask(source_.Pods());
  ASSERT_TRUE(pods.ok()) << pods.error().message;
  ASSERT_THAT(*pods, SizeIs(2));
  EXPECT_EQ((*pods)[0]["window"], "1.000s");
}

TEST_F(SourceTest, ASampleThatIsTooOldIsNotUsed) {
  RunPod("kubia", {"main"});
  ASSERT_TRUE(Ask(source_.Pods()).ok());
  clock_.Advance(std::chrono::hours(1));
  const auto pods = Ask(source_.Pods());
  ASSERT_TRUE(pods.ok()) << pods.error().message;
  EXPECT_EQ((*pods)[0]["window"], "1.000s");
}

TEST_F(SourceTest, APodOfWhichOnlyAPartWasMeasuredIsLeftOut) {
  RunPod("kubia", {"main", "side"});
  runtime_.ExitContainer(runtime_.Find("kubia", "side")->id, 1);  // the store does not know yet
  EXPECT_THAT(*Ask(source_.Pods()), IsEmpty());
}

TEST_F(SourceTest, TheNodeIsTheWholeMachine) {
  const int64_t ticks = ::sysconf(_SC_CLK_TCK);
  const auto nodes = Ask(source_.Nodes(), [&] { WriteProc(1000 + static_cast<uint64_t>(ticks) / 2, 3 << 20); });
  ASSERT_TRUE(nodes.ok()) << nodes.error().message;
  ASSERT_THAT(*nodes, SizeIs(1));
  EXPECT_EQ((*nodes)[0]["metadata"]["name"], "node-a");
  EXPECT_EQ((*nodes)[0]["usage"], Json({{"cpu", "500m"}, {"memory", "3Gi"}}));
}

TEST_F(SourceTest, ARuntimeThatDoesNotAnswerIsAnError) {
  runtime_.SetReachable(false);
  EXPECT_EQ(Ask(source_.Pods()).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace ordinal::metrics
