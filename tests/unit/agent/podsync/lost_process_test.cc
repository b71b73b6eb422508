// A process that outlived the end of its container. A directory tree stands for the file system of cgroups.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <future>
#include <string>
#include <thread>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using std::chrono::milliseconds;

/// In a cgroup; as in the real ones, it is no longer listed once it is gone.
class StrayProcess {
 public:
  explicit StrayProcess(const std::filesystem::path& cgroup) : child_(fork()) {
    if (child_ == 0) {
      while (true) pause();
    }
    const std::filesystem::path list = cgroup / "cgroup.procs";
    fakes::WriteFile(list, fmt::format("{}\n", child_));
    reaper_ = std::thread([this, list] {
      int status = 0;
      waitpid(child_, &status, 0);
      std::filesystem::remove(list);
      ended_.set_value();
    });
  }
  StrayProcess(const StrayProcess&) = delete;
  StrayProcess& operator=(const StrayProcess&) = delete;
  ~StrayProcess() {
    if (!ended()) kill(child_, SIGKILL);
    reaper_.join();
  }

  bool ended() const { return Ends(std::chrono::seconds(0)); }
  /// Whether it ends within this time.
  bool Ends(std::chrono::seconds wait) const { return end_.wait_for(wait) == std::future_status::ready; }

 private:
  const pid_t child_;
  std::promise<void> ended_;
  const std::shared_future<void> end_ = ended_.get_future();
  std::thread reaper_;
};

/// The agent was killed in the middle of the start: the runtime records an end, and the process runs on, on the pod's
/// volumes (containerd 1.6).
TEST(AgentRestart, TheProcessOfAStartThatWasCutOffEndsBeforeTheNextOne) {
  Host host;
  host.StartAgent();
  host.Apply(Spec({}, {"main"}));
  host.Settle();
  host.KillAgent();
  host.runtime.ExitContainer(host.runtime.Find("kubia-0", "main")->id, 128, "StartError");
  const std::filesystem::path pod = host.directory / ("cgroup/pids/kubepods/besteffort/pod" + host.Object().uid());
  const StrayProcess stray(pod / host.runtime.Find("kubia-0", "main")->id);
  const StrayProcess other(pod / "of-another-container");
  bool too_early = false;
  host.verdict = [&](const std::string& call) {
    too_early = too_early || (call == "CreateContainer" && !stray.ended());
    return Verdict::kPass;
  };
  host.StartAgent();
  host.Settle();
  ASSERT_TRUE(stray.Ends(seconds(5)));
  host.Pass(milliseconds(100));
  EXPECT_EQ(host.Running(), "main#1");
  EXPECT_FALSE(too_early);
  EXPECT_FALSE(other.ended());
}

}  // namespace
}  // namespace ordinal::podsync
