#include "tests/contract/private_containerd.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <net/if.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "cri/grpc/grpc_runtime.h"
#include "tests/fakes/run_task.h"

#ifndef SIOCBRDELBR
#define SIOCBRDELBR 0x89a1  // linux/sockios.h
#endif

namespace ordinal {
namespace {

constexpr char kContainerdDirectory[] = "ORDINAL_CONTAINERD";  // environment: of another one than the host's
constexpr char kPlugins[] = "/usr/lib/cni";

std::string ContainerdDirectory() {
  const char* directory = std::getenv(kContainerdDirectory);
  return directory == nullptr ? "/usr/bin" : directory;
}

bool Connects(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(fd);
  return connected;
}

template <class Condition>
bool WaitFor(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + kTestDeadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

std::vector<pid_t> Processes() {
  std::vector<pid_t> pids;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      pids.push_back(std::stoi(name));
    }
  }
  return pids;
}

pid_t ParentOf(pid_t pid) {
  const std::string stat = fakes::ReadFile(fmt::format("/proc/{}/stat", pid));
  pid_t parent = 0;
  // "pid (name) state parent …"; the name may hold anything, also ")".
  if (const size_t name_end = stat.rfind(')'); name_end != std::string::npos) {
    std::istringstream(stat.substr(name_end + 3)) >> parent;
  }
  return parent;
}

void DeleteBridge(const std::string& name) {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  if (::ioctl(fd, SIOCGIFFLAGS, &request) == 0) {
    request.ifr_flags = static_cast<short>(request.ifr_flags & ~IFF_UP);  // NOLINT: the field's type
    ::ioctl(fd, SIOCSIFFLAGS, &request);
    ::ioctl(fd, SIOCBRDELBR, name.c_str());
  }
  ::close(fd);
}

}  // namespace

std::string PrivateContainerd::Missing() {
  if (::geteuid() != 0) return "needs root";
  const std::string containerd = ContainerdDirectory() + "/containerd";
  for (const std::string& file :
       {containerd, std::string("/usr/sbin/runc"), std::string("/usr/lib/cni/bridge"), std::string("/bin/busybox")}) {
    if (!std::filesystem::exists(file)) return "needs " + file;
  }
  return {};
}

PrivateContainerd::PrivateContainerd() : bridge_(fmt::format("ordt{}", ::getpid())) {
  WriteConfig();
  Start();
}

PrivateContainerd::~PrivateContainerd() {
  if (pid_ < 0) Start();
  RemoveSandboxes();
  Stop();
  EndShims();
  Unmount();
  DeleteBridge(bridge_);
}

void PrivateContainerd::WriteConfig() const {
  fakes::WriteFile(scratch_ / "config.toml", fmt::format(R"(version = 2
root = "{0}/root"
state = "{0}/state"
[grpc]
  address = "{0}/c.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "{0}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{1}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{2}"
    conf_dir = "{0}/cni"
)",
                                                         scratch_.path(), kSandboxImage, kPlugins));
  fakes::WriteFile(scratch_ / "cni/10-test.conflist",
                   fmt::format(R"({{"cniVersion": "0.4.0", "name": "{0}", "plugins": [
  {{"type": "bridge", "bridge": "{0}", "ipam":
    {{"type": "host-local", "dataDir": "{1}/ipam", "ranges": [[{{"subnet": "10.213.0.0/24"}}]]}}}}]}})",
                               bridge_, scratch_.path()));
}

void PrivateContainerd::Start() {
  const std::string config = scratch_ / "config.toml";
  const std::string log_path = scratch_ / "log";
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setsid();
    const int log_fd = ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(log_fd, STDOUT_FILENO);
    ::dup2(log_fd, STDERR_FILENO);
    const std::string directory = ContainerdDirectory();  // the shim is looked for in PATH
    ::setenv("PATH", (directory + ":" + std::getenv("PATH")).c_str(), 1);
    ::execl((directory + "/containerd").c_str(), "containerd", "-c", config.c_str(), nullptr);
    ::_exit(127);
  }
  if (!WaitFor([this] { return Connects(socket()); })) throw std::runtime_error("containerd does not start: " + log());
}

void PrivateContainerd::Stop() {
  ::kill(pid_, SIGTERM);
  if (!WaitFor([this] { return ::waitpid(pid_, nullptr, WNOHANG) == pid_; })) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  pid_ = -1;
  std::filesystem::remove(socket());
}

void PrivateContainerd::RemoveSandboxes() {
  asio::io_context io;
  const auto runtime = cri::MakeGrpcRuntime(std::make_shared<cri::Connection>(endpoint()));
  const auto sandboxes = RunTask(io, runtime->ListSandboxes(cri::SandboxFilter()));
  if (!sandboxes.ok()) return;
  for (const auto& sandbox : *sandboxes) {
    static_cast<void>(RunTask(io, runtime->StopSandbox(sandbox.id)));
    static_cast<void>(RunTask(io, runtime->RemoveSandbox(sandbox.id)));
  }
}

void PrivateContainerd::EndShims() const {
  // Normally none is left; a shim is recognised by the socket of the containerd it reports to. Its children, the
  // containers' processes, would outlive it.
  for (const pid_t shim : Processes()) {
    const std::string command = fakes::ReadFile(fmt::format("/proc/{}/cmdline", shim));
    if (command.find("containerd-shim") == std::string::npos || command.find(socket()) == std::string::npos) continue;
    for (const pid_t child : Processes()) {
      if (ParentOf(child) == shim) ::kill(child, SIGKILL);
    }
    ::kill(shim, SIGKILL);
  }
}

void PrivateContainerd::Unmount() const {
  std::vector<std::string> points;
  std::ifstream mounts("/proc/self/mounts");
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream fields(line);
    std::string device, point;
    fields >> device >> point;
    if (point.starts_with(scratch_.path())) points.push_back(point);
  }
  // The last mounted first.
  for (auto point = points.rbegin(); point != points.rend(); ++point) ::umount2(point->c_str(), MNT_DETACH);
}

}  // namespace ordinal
