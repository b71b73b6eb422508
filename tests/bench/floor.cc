// floor: the same CRI calls a pod needs, made one after another with nothing around them. What the agent's times
// are held against, in the same run on the same containerd. The requests carry what costs the runtime time and no pod
// goes without: the default seccomp profile of the pause process, and the masked and read-only paths of a container.
//
//   floor --endpoint unix:///run/x.sock --image NAME --count N --log-root DIR -- COMMAND…
//
// Prints one JSON line per pod: {"pod_ms": …, "restart_ms": …, "stop_ms": …}
//   pod_ms      before RunPodSandbox → the first log line of its container
//   restart_ms  before CreateContainer (a second one in the same sandbox) → its first log line
//   stop_ms     StopPodSandbox and RemovePodSandbox
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "agent/base/clock.h"
#include "agent/base/random.h"
#include "cri/grpc/grpc_runtime.h"

namespace {

using namespace ordinal;  // NOLINT: a small program of its own

struct Arguments {
  std::string endpoint, image, log_root;
  int count = 1;
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
      : clock_(std::move(executor)),
        runtime_(cri::MakeGrpcRuntime(std::make_shared<cri::Connection>(arguments.endpoint))),
        arguments_(std::move(arguments)) {}

  Task<void> Run() {
    for (int i = 0; i < arguments_.count; ++i) co_await OnePod();
  }

 private:
  Task<void> OnePod() {
    cri::SandboxConfig sandbox;
    sandbox.uid = NewUid(random_);
    sandbox.name = "floor-" + sandbox.uid.substr(0, 8);
    sandbox.ns = "floor";
    sandbox.hostname = sandbox.name;
    sandbox.log_directory = arguments_.log_root + "/" + sandbox.name;
    sandbox.seccomp = cri::SecurityProfile{};  // the runtime's default (pkg/kubelet/kuberuntime: forced for sandboxes)
    sandbox.cgroup_parent = "/kubepods/besteffort/pod" + sandbox.uid;
    std::filesystem::create_directories(sandbox.log_directory);
    const WallTime begin = Now();
    const std::string id = Must(co_await runtime_->RunSandbox(sandbox), "RunPodSandbox");
    const std::string first = co_await OneContainer(id, sandbox, 0);
    const Duration pod = co_await FirstLine(sandbox.log_directory + "/0.log") - begin;
    MustDo(co_await runtime_->StopContainer(first, std::chrono::seconds(0)), "StopContainer");
    const WallTime again = Now();
    co_await OneContainer(id, sandbox, 1);
    const Duration restart = co_await FirstLine(sandbox.log_directory + "/1.log") - again;
    const WallTime end = Now();
    MustDo(co_await runtime_->StopSandbox(id), "StopPodSandbox");
    MustDo(co_await runtime_->RemoveSandbox(id), "RemovePodSandbox");
    const nlohmann::json line = {
        {"pod_ms", Milliseconds(pod)}, {"restart_ms", Milliseconds(restart)}, {"stop_ms", Milliseconds(Now() - end)}};
    std::cout << line.dump() << std::endl;
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
