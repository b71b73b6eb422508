// FakeRuntime: a CRI runtime without containers. It keeps the same state and answers the same way as containerd
// (tests/contract/cri_runtime_contract_test.cc runs on both), and fails, is slow or lets processes end when told to.
//
//   FakeRuntime runtime(clock, io.get_executor());
//   runtime.AddImage("docker.io/luksa/kubia-pet:latest");
//   runtime.FailNext(FakeRuntime::Call::kStartContainer, MakeError(ErrorCode::kInternal, "no", "RunContainerError"));
//   runtime.Script("main", {.exits_with = 1, .runs_for = 3s});
//   … the code under test …
//   runtime.ExitContainer(id, 137);
//   EXPECT_THAT(runtime.calls(), ElementsAre("RunSandbox default/kubia-0", …));
#pragma once

#include <fmt/format.h>

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cri/runtime.h"
#include "cri/stats.h"
#include "cri/streaming.h"
#include "tests/fakes/fake_events.h"

namespace ordinal::fakes {

class FakeRuntime final : public cri::Runtime, public cri::Streaming, public cri::Stats {
 public:
  enum class Call {
    kGetVersion,
    kGetStatus,
    kRunSandbox,
    kStopSandbox,
    kRemoveSandbox,
    kSandboxStatus,
    kListSandboxes,
    kCreateContainer,
    kStartContainer,
    kStopContainer,
    kRemoveContainer,
    kUpdateContainer,
    kContainerStatus,
    kListContainers,
    kExecSync,
    kReopenContainerLog,
    kImageStatus,
    kListImages,
    kPullImage,
    kRemoveImage,
    kImageFsInfo,
    kExec,
    kAttach,
    kPortForward,
    kListContainerStats,
  };

  /// How the containers of one name behave.
  struct Behaviour {
    std::optional<int32_t> exits_with{};  ///< Set: the process ends by itself, `runs_for` after its start.
    Duration runs_for{0};
    bool refuses_to_start = false;  ///< As with a command that does not exist: exit code 128, StartError.
    std::string refusal = "exec: no such file or directory";
    int32_t stopped_with = 143;  ///< Exit code after the stop signal.
    Duration stop_takes{0};      ///< From the stop signal to the end; longer than the grace: killed, 137.
  };

  FakeRuntime(Clock& clock, const Executor& control);

  // ---- what the test arranges
  void AddImage(const std::string& reference, cri::Image image = {});
  /// An image that a pull would find. Pulls of anything else fail with ErrImagePull.
  void AddRemoteImage(const std::string& reference) { remote_images_[reference] = {}; }
  /// One that only these, by name and password, are given.
  void AddPrivateImage(const std::string& reference, std::map<std::string, std::string> readers) {
    remote_images_[reference] = std::move(readers);
  }
  /// Nobody finds it any more.
  void RemoveRemoteImage(const std::string& reference) { remote_images_.erase(reference); }
  /// The next `times` calls of this kind do nothing and fail with `error`.
  void FailNext(Call call, Error error, int times = 1);
  /// The next call of this kind throws: what nobody expects of a runtime.
  void ThrowNext(Call call) { failures_[call].push_back(std::nullopt); }
  /// Calls of this kind take `delay` of the clock from now on.
  void Delay(Call call, Duration delay) { delays_[call] = delay; }
  /// A RunSandbox whose caller gave up while it was delayed has its effect nevertheless, that much later.
  void OutliveItsCaller(Duration later) { outlives_ = later; }
  /// While unreachable every call fails with kUnavailable; what runs goes on. Coming back sends kConnected.
  void SetReachable(bool reachable);
  void Script(const std::string& container_name, Behaviour behaviour) { behaviours_[container_name] = behaviour; }
  void OnExec(std::function<Result<cri::ExecResult>(const cri::Container&, const std::vector<std::string>&)> fn) {
    exec_ = std::move(fn);
  }
  /// What the running containers of that name have used so far; a container nobody set anything for has used nothing.
  void SetUsage(const std::string& container_name, std::chrono::nanoseconds cpu, uint64_t working_set) {
    usage_[container_name] = {static_cast<uint64_t>(cpu.count()), working_set};
  }
  /// What the running containers of that name have written to their own file systems.
  void SetLayer(const std::string& container_name, uint64_t bytes) { layers_[container_name] = bytes; }
  /// From now on the configurations of sandboxes and containers are forgotten (SandboxConfigOf, ContainerConfigOf):
  /// where the memory of who asks is measured.
  void ForgetConfigs() { keeps_configs_ = false; }
  void SetStatus(cri::RuntimeStatus status) { status_ = std::move(status); }

  // ---- what happens by itself
  void ExitContainer(const std::string& id, int32_t exit_code, const std::string& reason = {});
  /// The sandbox's own process dies: not ready, and its address is gone.
  void ExitSandbox(const std::string& id);

  // ---- what the test looks at
  FakeEvents& events() { return events_; }
  /// Calls that change something, in order: "RunSandbox ns/pod", "StartContainer name", "StopContainer name 30s",
  /// "PullImage a:1", "PullImage a:1 as user"…
  const std::vector<std::string>& calls() const { return calls_; }
  void ClearCalls() { calls_.clear(); }
  const std::map<std::string, cri::Sandbox>& sandboxes() const { return sandboxes_; }
  const std::map<std::string, cri::Container>& containers() const { return containers_; }
  const cri::SandboxConfig& SandboxConfigOf(const std::string& id) const { return sandbox_configs_.at(id); }
  const cri::ContainerConfig& ContainerConfigOf(const std::string& id) const { return container_configs_.at(id); }
  /// The newest container of that name in that pod, running or not; nullptr when there is none.
  const cri::Container* Find(const std::string& pod, const std::string& container) const;

  // ---- cri::Runtime
  Task<Result<cri::Version>> GetVersion() override;
  Task<Result<cri::RuntimeStatus>> GetStatus() override;
  Task<Result<std::string>> RunSandbox(cri::SandboxConfig config) override;
  Task<Status> StopSandbox(std::string id) override;
  Task<Status> RemoveSandbox(std::string id) override;
  Task<Result<cri::Sandbox>> SandboxStatus(std::string id) override;
  Task<Result<std::vector<cri::Sandbox>>> ListSandboxes(cri::SandboxFilter filter) override;
  Task<Result<std::string>> CreateContainer(std::string sandbox_id, cri::ContainerConfig config,
                                            cri::SandboxConfig sandbox) override;
  Task<Status> StartContainer(std::string id) override;
  Task<Status> StopContainer(std::string id, std::chrono::seconds grace) override;
  Task<Status> RemoveContainer(std::string id) override;
  Task<Status> UpdateContainer(std::string id, cri::Resources resources) override;
  Task<Result<cri::Container>> ContainerStatus(std::string id) override;
  Task<Result<std::vector<cri::Container>>> ListContainers(cri::ContainerFilter filter) override;
  Task<Result<cri::ExecResult>> ExecSync(std::string id, std::vector<std::string> command,
                                         std::chrono::seconds timeout) override;
  Task<Status> ReopenContainerLog(std::string id) override;
  Task<Result<cri::Image>> ImageStatus(std::string reference) override;
  Task<Result<std::vector<cri::Image>>> ListImages() override;
  Task<Result<std::string>> PullImage(std::string reference, cri::ImageAuth auth) override;
  Task<Status> RemoveImage(std::string reference) override;
  Task<Result<cri::ImageFilesystem>> ImageFsInfo() override;

  // ---- cri::Streaming: addresses at which nobody listens
  Task<Result<std::string>> Exec(std::string container_id, std::vector<std::string> command,
                                 cri::StreamOptions options) override;
  Task<Result<std::string>> Attach(std::string container_id, cri::StreamOptions options) override;
  Task<Result<std::string>> PortForward(std::string sandbox_id, std::vector<int32_t> ports) override;

  // ---- cri::Stats
  Task<Result<std::vector<cri::ContainerUsage>>> ListContainerStats(cri::StringMap labels) override;

 private:
  Result<std::string> MakeSandbox(cri::SandboxConfig config);
  Result<std::string> AddressFor(const std::string& what, const std::string& container_id);
  /// Every call starts here: it gives way to others, takes its time, and fails when it was told to.
  Task<Status> Begin(Call call, std::string logged = {});
  std::string NewId() { return fmt::format("{:064x}", ++last_id_); }
  Behaviour BehaviourOf(const cri::Container& container) const;
  void StopSandboxNow(cri::Sandbox& sandbox);
  void EraseContainer(const std::string& id);
  std::string NameOf(const std::string& container_id) const;
  /// The ids in the pod that a filter's labels name; all of them when they name none.
  template <class T>
  std::vector<const T*> Candidates(const std::map<std::string, T>& all, const cri::StringMap& labels) const;

  Clock& clock_;
  Executor control_;
  FakeEvents events_;
  bool reachable_ = true;
  uint64_t last_id_ = 0;
  cri::RuntimeStatus status_;
  std::map<std::string, cri::Sandbox> sandboxes_;
  std::map<std::string, cri::Container> containers_;
  std::map<std::string, std::set<std::string>> ids_of_pod_;     ///< by uid: thousands of pods are looked up one by one
  std::map<std::string, std::set<std::string>> containers_of_;  ///< by sandbox
  bool keeps_configs_ = true;
  std::map<std::string, cri::SandboxConfig> sandbox_configs_;
  std::map<std::string, cri::ContainerConfig> container_configs_;
  std::map<std::string, TimerHandle> exits_;                                 ///< by container
  std::map<std::string, cri::Image> images_;                                 ///< by reference
  std::map<std::string, std::map<std::string, std::string>> remote_images_;  ///< by reference: who may have it
  std::set<std::string> reserved_names_;
  std::map<Call, std::deque<std::optional<Error>>> failures_;  ///< nothing: it throws
  std::map<Call, Duration> delays_;
  std::optional<Duration> outlives_;
  std::vector<TimerHandle> late_;
  std::map<std::string, Behaviour> behaviours_;
  std::function<Result<cri::ExecResult>(const cri::Container&, const std::vector<std::string>&)> exec_;
  std::map<std::string, std::pair<uint64_t, uint64_t>> usage_;  ///< by container name: CPU nanoseconds, bytes
  std::map<std::string, uint64_t> layers_;                      ///< by container name: bytes
  std::vector<std::string> calls_;
};

}  // namespace ordinal::fakes
