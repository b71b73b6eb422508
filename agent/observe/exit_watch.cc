#include "agent/observe/exit_watch.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <map>
#include <utility>
#include <vector>

#include "agent/base/capabilities.h"
#include "agent/base/fd.h"
#include "agent/base/loops.h"
#include "agent/base/program.h"
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

/// Whether this host's kernel means it.
bool BelieveZero() {
  static const bool means = [] {
    utsname host{};
    ::uname(&host);
    return ZeroIsMeant(host.release, HasCapability(kCapSysPtrace));
  }();
  return means;
}

bool Belongs(const std::string& id, const std::string& cgroup_file) {
  std::ifstream file(cgroup_file);
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> ids = ContainersIn(line.substr(std::min(line.find('/'), line.size())));
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) return true;
  }
  return false;
}

/// Of a process that nobody has taken yet: as long as it can be signalled its number is its own.
std::optional<int32_t> ExitOfUntaken(int pidfd, uint32_t pid) {
  std::string stat;
  std::getline(std::ifstream(fmt::format("/proc/{}/stat", pid)), stat);
  const bool still = syscall(SYS_pidfd_send_signal, pidfd, 0, nullptr, 0) == 0;
  return still ? ExitIn(stat, BelieveZero()) : std::nullopt;
}

}  // namespace

bool ZeroIsMeant(const std::string& release, bool may_trace) {
  int major = 0, minor = 0;
  if (std::sscanf(release.c_str(), "%d.%d", &major, &minor) != 2) return false;
  return may_trace && std::pair(major, minor) >= std::pair(5, 17);
}

std::optional<int32_t> ExitIn(const std::string& stat, bool believe_zero) {
  // "<pid> (<name>) <state> … <exit_code>": the name may hold anything.
  const size_t name = stat.rfind(')');
  if (name == std::string::npos || name + 2 >= stat.size() || stat[name + 2] != 'Z') return std::nullopt;
  const std::string last = stat.substr(stat.rfind(' ') + 1);
  int status = 0;
  const auto [end, error] = std::from_chars(last.data(), last.data() + last.size(), status);
  if (error != std::errc() || end != last.data() + last.size()) return std::nullopt;
  if (status == 0 && !believe_zero) return std::nullopt;
  return ExitCodeOf(status);
}

std::optional<int32_t> ExitOf(int pidfd) {
  PidfdInfo info{};
  info.mask = kPidfdInfoExit;
  if (::ioctl(pidfd, kPidfdGetInfo, &info) != 0 || (info.mask & kPidfdInfoExit) == 0) return std::nullopt;
  return ExitCodeOf(info.exit_code);
}

/// Shared with what is under way, which may outlive the watch.
class ExitWatch::Watches : public std::enable_shared_from_this<Watches> {
 public:
  Watches(Executor executor, BlockingPool& pool, std::string proc)
      : executor_(std::move(executor)), pool_(pool), proc_(std::move(proc)) {}

  void Started(const std::string& id, uint32_t pid);
  size_t size() const { return watched_.size(); }

  std::function<void(const std::string&, int32_t)> handler;

 private:
  struct Watched {
    Watched(const Executor& executor, uint32_t number) : process(executor), pid(number) {}
    asio::posix::stream_descriptor process;
    const uint32_t pid;
  };
  static Task<void> Verify(std::shared_ptr<Watches> self, std::string id, std::shared_ptr<Watched> watched);
  void Await(const std::string& id, const std::shared_ptr<Watched>& watched);
  void Ended(const std::string& id, Watched& watched);

  const Executor executor_;
  BlockingPool& pool_;
  const std::string proc_;
  std::map<std::string, std::shared_ptr<Watched>> watched_;  // by id
};

void ExitWatch::Watches::Started(const std::string& id, uint32_t pid) {
  if (watched_.contains(id)) return;
  Fd process(static_cast<int>(syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0)));
  if (!process) return;  // ended and taken already: the runtime tells it
  const auto watched = std::make_shared<Watched>(executor_, pid);
  boost::system::error_code failed;
  watched->process.assign(process.get(), failed);
  if (failed) return;
  process.Release();
  watched_[id] = watched;
  SpawnOnce(executor_, "verify a process", Verify(shared_from_this(), id, watched));
}

Task<void> ExitWatch::Watches::Verify(std::shared_ptr<Watches> self, std::string id, std::shared_ptr<Watched> watched) {
  auto look = [id, file = fmt::format("{}/{}/cgroup", self->proc_, watched->pid)]() -> Result<bool> {
    return Belongs(id, file);
  };
  const Result<bool> belongs = co_await self->pool_.Run(std::move(look));
  if (belongs.ok() && *belongs) {
    self->Await(id, watched);
  } else {
    self->watched_.erase(id);
  }
}

/// A pidfd can be read once the process has ended, with all its threads (pidfd_open(2)).
void ExitWatch::Watches::Await(const std::string& id, const std::shared_ptr<Watched>& watched) {
  const auto ended = [weak = weak_from_this(), id, watched](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (self && !error) self->Ended(id, *watched);
  };
  watched->process.async_wait(asio::posix::stream_descriptor::wait_read, ended);
}

void ExitWatch::Watches::Ended(const std::string& id, Watched& watched) {
  const int pidfd = watched.process.native_handle();
  std::optional<int32_t> code = ExitOfUntaken(pidfd, watched.pid);
  if (!code) code = ExitOf(pidfd);
  watched_.erase(id);
  if (code && handler) handler(id, *code);
}

ExitWatch::ExitWatch(Executor executor, BlockingPool& pool, std::string proc)
    : watches_(std::make_shared<Watches>(std::move(executor), pool, std::move(proc))) {}

void ExitWatch::OnExit(std::function<void(const std::string& id, int32_t code)> handler) {
  watches_->handler = std::move(handler);
}

void ExitWatch::Started(const std::string& id, uint32_t pid) { watches_->Started(id, pid); }

size_t ExitWatch::size() const { return watches_->size(); }

}  // namespace ordinal::observe
