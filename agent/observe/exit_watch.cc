#include "agent/observe/exit_watch.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <charconv>
#include <fstream>
#include <utility>
#include <vector>

#include "agent/base/fd.h"
#include "agent/observe/cgroup_ids.h"

namespace ordinal::observe {
namespace {

// include/uapi/linux/pidfd.h; the headers of Debian 12 do not have it.
struct PidfdInfo {
  uint64_t mask, cgroup;
  uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
  int32_t exit_code;
};
static_assert(sizeof(PidfdInfo) == 64);  // PIDFD_INFO_SIZE_VER0
constexpr uint64_t kPidfdInfoExit = 1 << 3;
constexpr unsigned long kPidfdGetInfo = _IOWR(0xFF, 11, PidfdInfo);

/// As waitpid(2) tells it.
int32_t CodeOf(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

/// Of a process that nobody has taken yet: as long as it can be signalled its number is its own.
std::optional<int32_t> ExitOfUntaken(int pidfd, uint32_t pid) {
  std::string stat;
  std::getline(std::ifstream(fmt::format("/proc/{}/stat", pid)), stat);
  const bool still = syscall(SYS_pidfd_send_signal, pidfd, 0, nullptr, 0) == 0;
  return still ? ExitIn(stat) : std::nullopt;
}

}  // namespace

std::optional<int32_t> ExitIn(const std::string& stat) {
  // "<pid> (<name>) <state> … <exit_code>": the name may hold anything.
  const size_t name = stat.rfind(')');
  if (name == std::string::npos || name + 2 >= stat.size() || stat[name + 2] != 'Z') return std::nullopt;
  const std::string last = stat.substr(stat.rfind(' ') + 1);
  int status = 0;
  const auto [end, error] = std::from_chars(last.data(), last.data() + last.size(), status);
  if (error != std::errc() || end != last.data() + last.size()) return std::nullopt;
  return CodeOf(status);
}

std::optional<int32_t> ExitOf(int pidfd) {
  PidfdInfo info{};
  info.mask = kPidfdInfoExit;
  if (::ioctl(pidfd, kPidfdGetInfo, &info) != 0 || (info.mask & kPidfdInfoExit) == 0) return std::nullopt;
  return CodeOf(info.exit_code);
}

struct ExitWatch::Watched {
  Watched(const Executor& executor, uint32_t number) : process(executor), pid(number) {}
  asio::posix::stream_descriptor process;
  const uint32_t pid;
};

ExitWatch::ExitWatch(Executor executor, std::string proc) : executor_(std::move(executor)), proc_(std::move(proc)) {}

ExitWatch::~ExitWatch() = default;

bool ExitWatch::Belongs(const std::string& id, uint32_t pid) const {
  std::ifstream file(fmt::format("{}/{}/cgroup", proc_, pid));
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> ids = ContainersIn(line.substr(std::min(line.find('/'), line.size())));
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) return true;
  }
  return false;
}

void ExitWatch::Started(const std::string& id, uint32_t pid) {
  if (watched_.contains(id)) return;
  Fd process(static_cast<int>(syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0)));
  if (!process || !Belongs(id, pid)) return;  // ended and taken already: the runtime tells it
  const auto watched = std::make_shared<Watched>(executor_, pid);
  boost::system::error_code failed;
  watched->process.assign(process.get(), failed);
  if (failed) return;
  process.Release();
  watched_[id] = watched;
  // A pidfd can be read once the process has ended, with all its threads (pidfd_open(2)).
  const auto ended = [this, id, weak = std::weak_ptr(watched)](const boost::system::error_code& error) {
    const auto still = weak.lock();
    if (still && !error) Ended(id, still);
  };
  watched->process.async_wait(asio::posix::stream_descriptor::wait_read, ended);
}

void ExitWatch::Ended(const std::string& id, const std::shared_ptr<Watched>& watched) {
  const int pidfd = watched->process.native_handle();
  std::optional<int32_t> code = ExitOfUntaken(pidfd, watched->pid);
  if (!code) code = ExitOf(pidfd);
  const auto known = watched_.find(id);
  if (known != watched_.end() && known->second == watched) watched_.erase(known);
  if (code && handler_) handler_(id, *code);
}

}  // namespace ordinal::observe
