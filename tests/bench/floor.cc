// floor: the same CRI calls a pod needs, made one after another with nothing around them. What the agent's times
// are held against, in the same run on the same containerd. The requests carry what costs the runtime time and no pod
// goes without: the default seccomp profile of the pause process, and the masked and read-only paths of a container.
//
//   floor --endpoint unix:///run/x.sock --image NAME --count N --log-root DIR [--together K] -- COMMAND…
//
// Prints one JSON line per pod: {"pod_ms": …, "restart_ms": …, "stop_ms": …}
//   pod_ms      before RunPodSandbox → the first log line of its container
//   restart_ms  before CreateContainer (a second one in the same sandbox) → its first log line
//   stop_ms     StopContainer without grace, StopPodSandbox and RemovePodSandbox
//
// With --together it starts N pods, K at a time, then stops them the same way, and prints one line:
//   {"start_ms": before the first call → the last pod's first log line, "stop_ms": …}
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "agent/base/clock.h"
#include "agent/base/random.h"
#include "agent/base/together.h"
#include "cri/grpc/grpc_runtime.h"

namespace {

using namespace ordinal;  // NOLINT: a small program of its own

struct Arguments {
  std::string endpoint, image, log_root;
  int count = 1;
  int together = 0;
  std::vector<std::string> command;
};

Arguments Parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (flag == "--") {
      arguments.command.assign(argv + i + 1, argv + argc);
      break;
    }
    if (i + 1 >= argc) throw std::runtime_error("floor: " + flag + " needs a value");
    const std::string value = argv[++i];
    if (flag == "--endpoint") arguments.endpoint = value;
    if (flag == "--image") arguments.image = value;
    if (flag == "--log-root") arguments.log_root = value;
    if (flag == "--count") arguments.count = std::stoi(value);
    if (flag == "--together") arguments.together = std::stoi(value);
  }
  return arguments;
}

template <class T>
T Must(Result<T> result, const char* what) {
  if (!result.ok()) throw std::runtime_error(fmt::format("floor: {}: {}", what, result.error().message));
  return std::move(*result);
}

void MustDo(const Status& status, const char* what) {
  if (!status.ok()) throw std::runtime_error(fmt::format("floor: {}: {}", what, status.error().message));
}

WallTime Now() { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

double Milliseconds(Duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

class Floor {
 public:
  Floor(Executor executor, Arguments arguments)
      : executor_(executor),
        clock_(executor),
        runtime_(cri::MakeGrpcRuntime(std::make_shared<cri::Connection>(arguments.endpoint))),
        arguments_(std::move(arguments)) {}

  Task<void> Run() {
    if (arguments_.together > 0) co_return co_await Batch();
    for (int i = 0; i < arguments_.count; ++i) co_await OnePod();
  }

 private:
  struct Pod {
    cri::SandboxConfig config;
    std::string sandbox, container;
  };

  Task<void> OnePod() {
    Pod pod = NewPod();
    const WallTime begin = Now();
    co_await Start(pod);
    const Duration started = co_await FirstLine(pod.config.log_directory + "/0.log") - begin;
    MustDo(co_await runtime_->StopContainer(pod.container, std::chrono::seconds(0)), "StopContainer");
    const WallTime again = Now();
    pod.container = co_await OneContainer(pod.sandbox, pod.config, 1);
    const Duration restart = co_await FirstLine(pod.config.log_directory + "/1.log") - again;
    const WallTime end = Now();
    co_await Stop(pod);
    const nlohmann::json line = {{"pod_ms", Milliseconds(started)},
                                 {"restart_ms", Milliseconds(restart)},
                                 {"stop_ms", Milliseconds(Now() - end)}};
    std::cout << line.dump() << std::endl;
  }

  Task<void> Batch() {
    std::vector<Pod> pods;
    for (int i = 0; i < arguments_.count; ++i) pods.push_back(NewPod());
    const WallTime begin = Now();
    co_await InLanes(pods, &Floor::Start);
    WallTime last = begin;
    for (const Pod& pod : pods) last = std::max(last, co_await FirstLine(pod.config.log_directory + "/0.log"));
    const WallTime end = Now();
    co_await InLanes(pods, &Floor::Stop);
    const nlohmann::json line = {{"start_ms", Milliseconds(last - begin)}, {"stop_ms", Milliseconds(Now() - end)}};
    std::cout << line.dump() << std::endl;
  }

  /// `step` for every pod, arguments_.together of them at a time.
  Task<void> InLanes(std::vector<Pod>& pods, Task<void> (Floor::*step)(Pod&)) {
    size_t next = 0;
    std::vector<Task<Status>> lanes;
    for (int i = 0; i < arguments_.together; ++i) lanes.push_back(Lane(pods, next, step));
    MustDo(co_await Together(executor_, "lane", std::move(lanes)), "a lane");
  }

  Task<Status> Lane(std::vector<Pod>& pods, size_t& next, Task<void> (Floor::*step)(Pod&)) {
    while (next < pods.size()) co_await (this->*step)(pods[next++]);
    co_return Status();
  }

  Pod NewPod() {
    Pod pod;
    cri::SandboxConfig& sandbox = pod.config;
    sandbox.uid = NewUid(random_);
    sandbox.name = "floor-" + sandbox.uid.substr(0, 8);
    sandbox.ns = "floor";
    sandbox.hostname = sandbox.name;
    sandbox.log_directory = arguments_.log_root + "/" + sandbox.name;
    sandbox.seccomp = cri::SecurityProfile{};  // the runtime's default (pkg/kubelet/kuberuntime: forced for sandboxes)
    sandbox.cgroup_parent = "/kubepods/besteffort/pod" + sandbox.uid;
    std::filesystem::create_directories(sandbox.log_directory);
    return pod;
  }

  Task<void> Start(Pod& pod) {
    pod.sandbox = Must(co_await runtime_->RunSandbox(pod.config), "RunPodSandbox");
    pod.container = co_await OneContainer(pod.sandbox, pod.config, 0);
  }

  Task<void> Stop(Pod& pod) {
    MustDo(co_await runtime_->StopContainer(pod.container, std::chrono::seconds(0)), "StopContainer");
    MustDo(co_await runtime_->StopSandbox(pod.sandbox), "StopPodSandbox");
    MustDo(co_await runtime_->RemoveSandbox(pod.sandbox), "RemovePodSandbox");
  }

  /// The runtime stamps each log line with the moment it arrived: that stamp, not the moment of looking, counts.
  Task<WallTime> FirstLine(std::string path) {
    for (int i = 0; i < 20000; ++i) {
      std::ifstream log(path);
      std::string stamp;
      if (log >> stamp) co_return Must(ParseTime(stamp), "log stamp");
      co_await Sleep(clock_, std::chrono::microseconds(500));
    }
    throw std::runtime_error("floor: no line in " + path);
  }

  Task<std::string> OneContainer(const std::string& sandbox_id, const cri::SandboxConfig& sandbox, uint32_t attempt) {
    cri::ContainerConfig container;
    container.name = "main";
    container.attempt = attempt;
    container.image = arguments_.image;
    container.command = arguments_.command;
    container.masked_paths = {"/proc/asound",      "/proc/acpi",          "/proc/kcore",
                              "/proc/keys",        "/proc/latency_stats", "/proc/timer_list",
                              "/proc/sched_debug", "/proc/scsi",          "/sys/firmware"};
    container.readonly_paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
    container.log_path = fmt::format("{}.log", attempt);
    const std::string id = Must(co_await runtime_->CreateContainer(sandbox_id, container, sandbox), "CreateContainer");
    MustDo(co_await runtime_->StartContainer(id), "StartContainer");
    co_return id;
  }

  Executor executor_;
  RealClock clock_;
  std::unique_ptr<cri::Runtime> runtime_;
  Arguments arguments_;
  SystemRandom random_;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    asio::io_context io;
    std::exception_ptr failure;
    Floor floor(io.get_executor(), Parse(argc, argv));
    asio::co_spawn(io, floor.Run(), [&failure](std::exception_ptr error) { failure = error; });
    io.run();
    if (failure) std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
