#include "agent/metrics/figures.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "agent/observe/pod_state.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_runtime.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal::metrics {
namespace {

using api::Json;
using std::chrono::seconds;
using ::testing::HasSubstr;

/// Time that may be set while durations go on.
class SettableClock final : public fakes::FakeClock {
 public:
  using FakeClock::FakeClock;
  WallTime Now() const override { return FakeClock::Now() + set_by_; }
  void SetBy(Duration by) { set_by_ += by; }

 private:
  Duration set_by_{0};
};

/// What a runtime says of containers.
struct ToldStats final : cri::Stats {
  explicit ToldStats(Clock& its) : clock(its) {}
  Task<Result<std::vector<cri::ContainerUsage>>> ListContainerStats(cri::StringMap /*labels*/) override {
    if (takes > Duration::zero()) co_await Sleep(clock, takes);
    if (fails) co_return MakeError(ErrorCode::kUnavailable, "no answer");
    co_return usages;
  }

  Clock& clock;
  Duration takes{0};
  bool fails = false;
  std::vector<cri::ContainerUsage> usages;
};

class FiguresTest : public ::testing::Test {
 protected:
  FiguresTest() {
    WriteCpu(0);
    fakes::WriteFile(proc_ / "meminfo", "MemTotal: 1000 kB\nMemFree: 0 kB\nInactive(file): 0 kB\n");
    fakes::WriteFile(proc_ / "loadavg", "0 0 0 1/7 9\n");
    fakes::WriteFile(proc_ / "4711/net/dev", "eth0: 10 1 0 0 0 0 0 0 20 2 0 0 0 0 0 0\n");
    fakes::WriteFile(cgroups_ / "cgroup.controllers", "cpu memory\n");
    const std::string pod = "kubepods/podu1/";
    fakes::WriteFile(cgroups_ / (pod + "memory.current"), "3000\n");
    fakes::WriteFile(cgroups_ / (pod + "c1/memory.current"), "2000\n");
    fakes::WriteFile(cgroups_ / (pod + "c1/memory.max"), "5000\n");
    fakes::WriteFile(cgroups_ / (pod + "s1/cgroup.procs"), "4711\n");
    fakes::WriteFile(files_ / "logs/0.log", "a line\n");
    fakes::WriteFile(files_ / "tmp/file", "x");
    subject_ = {"u1", "default", "web-0", clock_.Now(), "/kubepods/podu1", "s1", false, {}, {}};
    subject_.containers.push_back({"main", "c1", "a:1", files_ / "logs", clock_.Now()});
    subject_.volumes = {{"tmp", files_ / "tmp", "", true}, {"data", files_.path(), "claim"}};
    cri::ContainerUsage written;
    written.id = "c1";
    written.written_bytes = 100'000'000;
    stats_.usages.push_back(std::move(written));
  }

  void WriteCpu(uint64_t microseconds) {
    const uint64_t ticks = microseconds * static_cast<uint64_t>(::sysconf(_SC_CLK_TCK)) / 1'000'000;
    fakes::WriteFile(proc_ / "stat", fmt::format("cpu {} 0 0 0 0 0 0 0 0 0\nbtime 1000\n", ticks));
    for (const char* group : {"", "c1/"}) {
      fakes::WriteFile(cgroups_ / fmt::format("kubepods/podu1/{}cpu.stat", group),
                       fmt::format("usage_usec {}\n", microseconds));
    }
  }

  Figures Make() {
    return Figures(Figures::Sources{
                       .pods = [this] { return std::vector<PodSubject>{subject_}; },
                       .agent = [] { return AgentFigures(); },
                       .probes = [] { return std::vector<ProbeFigures>(); },
                       .images = [this] { return runtime_.ImageFsInfo(); },
                       .stats = stats_,
                       .node = "node-a",
                       .node_disk = files_.path(),
                       .places = {cgroups_.path(), proc_.path()},
                   },
                   clock_);
  }

  /// The answer of a summary that has to wait a second.
  Json Asked(Figures& figures, bool less) {
    std::optional<Result<std::string>> answer;
    const auto ask = [](Task<Result<std::string>> asked, std::optional<Result<std::string>>& out) -> Task<void> {
      out = co_await std::move(asked);
    };
    Spawn(io_.get_executor(), "ask", ask(figures.Summary(less), answer));
    EXPECT_TRUE(RunUntil(io_, [&] { return answer || clock_.Pending() > 0; }));
    WriteCpu(cpu_ += 500'000);
    if (!answer) clock_.Advance(seconds(1));
    EXPECT_TRUE(RunUntil(io_, [&] { return answer.has_value(); }));
    EXPECT_TRUE(answer && answer->ok());
    return answer && answer->ok() ? Json::parse(**answer) : Json();
  }

  asio::io_context io_;
  SettableClock clock_{io_};
  fakes::FakeRuntime runtime_{clock_, io_.get_executor()};
  fakes::ScratchDirectory proc_, cgroups_, files_;
  ToldStats stats_{clock_};
  PodSubject subject_;
  uint64_t cpu_ = 0;
};

TEST_F(FiguresTest, TheFirstSummaryLooksTwice) {
  Figures figures = Make();
  const Json summary = Asked(figures, false);
  const Json& pod = summary["pods"][0];
  EXPECT_EQ(pod["podRef"], Json({{"name", "web-0"}, {"namespace", "default"}, {"uid", "u1"}}));
  EXPECT_EQ(pod["cpu"]["usageNanoCores"], 500'000'000);
  EXPECT_EQ(pod["cpu"]["usageCoreNanoSeconds"], 500'000'000);
  EXPECT_EQ(summary["node"]["cpu"]["usageNanoCores"], 500'000'000);
  EXPECT_EQ(summary["node"]["nodeName"], "node-a");
  EXPECT_EQ(summary["node"]["rlimit"]["curproc"], 7);
  EXPECT_EQ(summary["node"]["fs"]["capacityBytes"], pod["ephemeral-storage"]["capacityBytes"]);
  const Json& main = pod["containers"][0];
  EXPECT_EQ(main["name"], "main");
  EXPECT_EQ(main["memory"]["workingSetBytes"], 2000);
  EXPECT_EQ(main["memory"]["availableBytes"], 3000) << "of its limit";
  EXPECT_FALSE(pod["memory"].contains("availableBytes"));
  EXPECT_EQ(main["logs"]["inodesUsed"], 2);
  EXPECT_EQ(pod["network"]["name"], "eth0");
  EXPECT_EQ(pod["network"]["interfaces"][0]["txBytes"], 20);
  EXPECT_EQ(pod["volume"][0]["name"], "tmp");
  EXPECT_EQ(pod["volume"][0]["inodesUsed"], 2);
  EXPECT_EQ(pod["volume"][1]["pvcRef"], Json({{"name", "claim"}, {"namespace", "default"}}));
}

TEST_F(FiguresTest, LaterSummariesMeasureSinceTheOneBefore) {
  Figures figures = Make();
  Asked(figures, true);
  WriteCpu(cpu_ += 2'500'000);
  clock_.Advance(seconds(10));
  const auto text = RunTask(io_, figures.Summary(true));
  ASSERT_TRUE(text.ok());
  const Json summary = Json::parse(*text);
  EXPECT_EQ(summary["pods"][0]["containers"][0]["cpu"]["usageNanoCores"], 250'000'000);
  clock_.Advance(std::chrono::hours(1));
  EXPECT_EQ(Asked(figures, true)["pods"][0]["cpu"]["usageNanoCores"], 500'000'000) << "an hour says little about now";
}

TEST_F(FiguresTest, WhoAsksSoonAfterAnotherGetsRatesToo) {
  Figures figures = Make();
  Asked(figures, true);
  WriteCpu(cpu_ += 100'000);
  clock_.Advance(std::chrono::milliseconds(250));
  const auto text = RunTask(io_, figures.Summary(true));
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(Json::parse(*text)["pods"][0]["cpu"]["usageNanoCores"], 480'000'000) << "of the last 1.25 s";
}

TEST_F(FiguresTest, ATimeThatIsSetChangesNoRate) {
  for (const Duration by : {Duration(seconds(-3600)), Duration(seconds(30))}) {
    Figures figures = Make();
    Asked(figures, true);
    clock_.SetBy(by);
    WriteCpu(cpu_ += 2'500'000);
    clock_.Advance(seconds(10));
    const auto text = RunTask(io_, figures.Summary(true));
    ASSERT_TRUE(text.ok());
    EXPECT_EQ(Json::parse(*text)["pods"][0]["cpu"]["usageNanoCores"], 250'000'000);
  }
}

TEST_F(FiguresTest, EphemeralStorageIsOfWhatLiesOnTheDiskOfTheNode) {
  fakes::WriteFile(files_ / "secret/file", std::string(1'000'000, 'x'));
  subject_.volumes.push_back({"secret", files_ / "secret", ""});
  Figures figures = Make();
  const Json used = Asked(figures, false)["pods"][0]["ephemeral-storage"]["usedBytes"];
  ASSERT_TRUE(used.is_number());
  EXPECT_GE(used.get<int64_t>(), 100'000'000) << "what the container wrote, and more";
  EXPECT_LT(used.get<int64_t>(), 101'000'000) << "without secrets";
}

TEST_F(FiguresTest, EphemeralStorageIsAbsentWhereAPartOfItIsNotKnown) {
  stats_.usages.clear();
  Figures figures = Make();
  EXPECT_FALSE(Asked(figures, false)["pods"][0].contains("ephemeral-storage"));
}

TEST_F(FiguresTest, OnlyProcessorAndMemoryIsNothingElse) {
  Figures figures = Make();
  const Json summary = Asked(figures, true);
  const auto keys = [](const Json& of) {
    std::vector<std::string> found;
    for (const auto& [key, value] : of.items()) found.push_back(key);
    return found;
  };
  EXPECT_THAT(keys(summary["node"]), ::testing::ElementsAre("cpu", "memory", "nodeName", "startTime"));
  EXPECT_THAT(keys(summary["pods"][0]), ::testing::ElementsAre("containers", "cpu", "memory", "podRef", "startTime"));
  EXPECT_THAT(keys(summary["pods"][0]["containers"][0]), ::testing::ElementsAre("cpu", "memory", "name", "startTime"));
}

/// Every field that is told has the name and the type that a kubelet was recorded to give it.
TEST_F(FiguresTest, FieldsAreThoseOfAKubelet) {
  const Json recorded = Json::parse(R"({
    "fs": {"time": "", "availableBytes": 1, "capacityBytes": 1, "usedBytes": 1, "inodesFree": 1, "inodes": 1, "inodesUsed": 1},
    "cpu": {"time": "", "usageNanoCores": 1, "usageCoreNanoSeconds": 1},
    "memory": {"time": "", "availableBytes": 1, "usageBytes": 1, "workingSetBytes": 1, "rssBytes": 1, "pageFaults": 1,
               "majorPageFaults": 1},
    "network": {"time": "", "name": "", "rxBytes": 1, "rxErrors": 1, "txBytes": 1, "txErrors": 1, "interfaces": []}})");
  Figures figures = Make();
  const Json pod = Asked(figures, false)["pods"][0];
  const auto same = [](const Json& ours, const Json& theirs) {
    for (const auto& [key, value] : ours.items()) {
      ASSERT_TRUE(theirs.contains(key)) << key;
      EXPECT_EQ(value.is_string(), theirs[key].is_string()) << key;
    }
  };
  same(pod["cpu"], recorded["cpu"]);
  same(pod["memory"], recorded["memory"]);
  same(pod["network"], recorded["network"]);
  same(pod["ephemeral-storage"], recorded["fs"]);
  same(pod["containers"][0]["logs"], recorded["fs"]);
}

TEST_F(FiguresTest, APodInTheHostsNetworkHasNoneOfItsOwn) {
  subject_.host_network = true;
  Figures figures = Make();
  EXPECT_FALSE(Asked(figures, false)["pods"][0].contains("network"));
}

TEST_F(FiguresTest, ARuntimeThatDoesNotAnswerLeavesOnlyItsOwnFiguresOut) {
  Figures figures = Make();
  EXPECT_THAT(*RunTask(io_, figures.Cadvisor()), HasSubstr("container_scrape_error 0\n"));
  stats_.fails = true;
  const auto text = RunTask(io_, figures.Cadvisor());
  ASSERT_TRUE(text.ok()) << text.error().message;
  EXPECT_THAT(*text, HasSubstr("container_scrape_error 1\n"));
  EXPECT_THAT(*text, HasSubstr("container_memory_working_set_bytes{container=\"main\""));
  EXPECT_THAT(*text, HasSubstr("machine_memory_bytes 1024000\n"));
}

TEST_F(FiguresTest, ASlowRuntimeIsNotWaitedFor) {
  stats_.takes = seconds(30);
  Figures figures = Make();
  std::optional<Result<std::string>> answer;
  const auto ask = [](Task<Result<std::string>> asked, std::optional<Result<std::string>>& out) -> Task<void> {
    out = co_await std::move(asked);
  };
  Spawn(io_.get_executor(), "ask", ask(figures.Cadvisor(), answer));
  RunReady(io_);
  EXPECT_TRUE(RunTask(io_, figures.Resource()).ok());
  EXPECT_TRUE(RunTask(io_, figures.Agent()).ok()) << "they do not ask it";
  clock_.Advance(seconds(3));
  ASSERT_TRUE(RunUntil(io_, [&] { return answer.has_value(); }));
  EXPECT_THAT(**answer, HasSubstr("container_scrape_error 1\n"));
}

TEST_F(FiguresTest, AHostWithoutProcSaysSo) {
  std::filesystem::remove(proc_ / "stat");
  Figures figures = Make();
  EXPECT_FALSE(RunTask(io_, figures.Cadvisor()).ok());
  EXPECT_THAT(*RunTask(io_, figures.Resource()), HasSubstr("resource_scrape_error 1\n"));
}

TEST_F(FiguresTest, OfTheAgentClaimsAreTold) {
  Figures figures = Make();
  const auto text = RunTask(io_, figures.Agent());
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, HasSubstr("kubelet_cgroup_version 2\n"));
  EXPECT_THAT(*text,
              HasSubstr("kubelet_volume_stats_capacity_bytes{namespace=\"default\",persistentvolumeclaim=\"claim\"}"));
  EXPECT_THAT(*text, HasSubstr("process_resident_memory_bytes"));
}

}  // namespace
}  // namespace ordinal::metrics
