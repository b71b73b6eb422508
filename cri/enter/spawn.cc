#include "cri/enter/spawn.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>

#include "cri/enter/order.h"
#include "cri/enter/order_text.h"

namespace ordinal::cri {
namespace {

namespace fs = std::filesystem;

constexpr unsigned char kEnterProgram[] = {
#include <cri/enter/enter_bytes.inc>  // generated from enter.c (cmake/Pause.cmake)
};

constexpr int kFirstFree = 16;  // descriptors below are given away to the program
constexpr uint32_t kUsualUmask = 022;

Result<Fd> Moved(int descriptor, const char* what) {
  const Fd low(descriptor);
  if (!low) return ErrnoError(what, errno);
  Fd high(fcntl(low.get(), F_DUPFD_CLOEXEC, kFirstFree));
  if (!high) return ErrnoError(what, errno);
  return high;
}

constexpr unsigned kExecutable = 0x10;  // MFD_EXEC, which kernels before 6.3 do not know

Result<Fd> InMemory(const char* name, const void* bytes, size_t size, unsigned flags = 0) {
  const unsigned all = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  int made = memfd_create(name, all | flags);
  if (made < 0 && errno == EINVAL) made = memfd_create(name, all);
  TRY(Fd file, Moved(made, "memfd_create"));
  if (write(file.get(), bytes, size) != static_cast<ssize_t>(size)) return ErrnoError("write to memory", errno);
  if (fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0) {
    return ErrnoError("seal memory", errno);
  }
  return file;
}

/// The program, which nobody can change: a container may look at what enters it. One for the life of the process, of
/// whatever thread asks first.
Result<int> Program() {
  static std::mutex mutex;
  static Fd program;
  const std::lock_guard lock(mutex);
  if (!program) {
    TRY(program, InMemory("ordinal-enter", kEnterProgram, sizeof(kEnterProgram), kExecutable));
  }
  return program.get();
}

/// Where no program can be started from memory the runtime still can start one. After a call that set errno.
Error NeedsRuntime(const Error& error) {
  const bool of_the_moment = errno == EAGAIN || errno == ENOMEM || errno == EMFILE || errno == ENFILE;
  return of_the_moment ? error : MakeError(ErrorCode::kNotSupported, error.message);
}

/// What a unit file or whoever started the agent took from it and all its children, its commands would lack too.
Status CheckOwnRights() {
  if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 0) {
    return MakeError(ErrorCode::kNotSupported, "the agent runs with NoNewPrivileges");
  }
  if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) > 0) {
    return MakeError(ErrorCode::kNotSupported, "the agent runs with a seccomp filter");
  }
  return {};
}

std::string ReadAll(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// "4:memory:/a/b" → the file below the hierarchy's mount point; empty when that is not to be seen.
std::string ProcsOf(const std::string& line, const std::string& root) {
  const size_t first = line.find(':');
  const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
  if (second == std::string::npos) return {};
  std::string controllers = line.substr(first + 1, second - first - 1);
  const std::string path = line.substr(second + 1);
  if (controllers.starts_with("name=")) controllers = controllers.substr(5);
  const std::vector<std::string> mounts = controllers.empty() ? std::vector<std::string>{root + "/unified", root}
                                                              : std::vector<std::string>{root + "/" + controllers};
  for (const std::string& mount : mounts) {
    const std::string file = mount + (path == "/" ? "" : path) + "/cgroup.procs";
    if (access(file.c_str(), W_OK) == 0) return file;
  }
  return {};
}

Result<std::vector<std::string>> CgroupsOf(pid_t pid, const std::string& id, const std::string& root) {
  std::istringstream lines(ReadAll(fmt::format("/proc/{}/cgroup", pid)));
  std::vector<std::string> files;
  bool own = false;
  for (std::string line; std::getline(lines, line);) {
    own = own || line.find(id) != std::string::npos;
    std::string file = ProcsOf(line, root);
    if (file.empty()) return MakeError(ErrorCode::kNotSupported, "the cgroup " + line + " is not to be seen");
    files.push_back(std::move(file));
  }
  if (files.empty()) return MakeError(ErrorCode::kNotFound, "the container has ended");
  // The number belongs to somebody else by now, or the container is not in a cgroup of its own.
  if (!own) return MakeError(ErrorCode::kNotSupported, "the container has no cgroup of its own");
  return files;
}

/// "1234 (name) S 1200 …" → 1200
pid_t ParentOf(pid_t pid) {
  const std::string stat = ReadAll(fmt::format("/proc/{}/stat", pid));
  const size_t name_end = stat.rfind(')');
  return name_end == std::string::npos || stat.size() < name_end + 4 ? 0 : std::atoi(stat.c_str() + name_end + 4);
}

/// What the specification does not say a process has from who starts it, which is the container's shim.
Status CompleteLimits(ProcessSpec& spec) {
  const pid_t shim = ParentOf(spec.pid);
  for (int resource = 0; resource < static_cast<int>(RLIM_NLIMITS); ++resource) {
    const bool given = std::any_of(spec.limits.begin(), spec.limits.end(), [resource](const ResourceLimit& limit) {
      return limit.resource == static_cast<uint32_t>(resource);
    });
    rlimit now{};
    if (given) continue;
    if (prlimit(shim, static_cast<__rlimit_resource>(resource), nullptr, &now) != 0) {
      return ErrnoError("look at the limits of the shim", errno);
    }
    spec.limits.push_back({static_cast<uint32_t>(resource), now.rlim_cur, now.rlim_max});
  }
  return {};
}

bool SameUserNamespace(pid_t pid) {
  std::error_code mine_code, other_code;
  const fs::path mine = fs::read_symlink("/proc/self/ns/user", mine_code);
  const fs::path other = fs::read_symlink(fmt::format("/proc/{}/ns/user", pid), other_code);
  return !mine_code && !other_code && mine == other;
}

/// The descriptors and signals that the program starts with.
class Start {
 public:
  Start() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  Start(const Start&) = delete;
  Start& operator=(const Start&) = delete;
  ~Start() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  void Give(const Fd& descriptor, int as) { posix_spawn_file_actions_adddup2(&actions_, descriptor.get(), as); }

  /// `program`: a descriptor of it.
  Result<pid_t> Run(int program) {
    posix_spawn_file_actions_adddup2(&actions_, program, kEnterProgramItself);
    const std::string path = fmt::format("/proc/self/fd/{}", kEnterProgramItself);
    std::string name = "ordinal-enter";
    char* const arguments[] = {name.data(), nullptr};
    char* const nothing[] = {nullptr};
    posix_spawn_file_actions_addclosefrom_np(&actions_,
                                             kEnterProgramItself + 1);  // Asio's sockets are not closed by themselves
    pid_t pid = 0;
    const int failed = posix_spawn(&pid, path.c_str(), &actions_, &attributes_, arguments, nothing);
    errno = failed;
    if (failed != 0) return NeedsRuntime(ErrnoError("start ordinal-enter", failed));
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

struct Pipe {
  Fd reads, writes;
};

Result<Pipe> MakePipe() {
  std::array<int, 2> ends{-1, -1};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return ErrnoError("make a pipe", errno);
  Fd second(ends[1]);
  TRY(Fd reads, Moved(ends[0], "make a pipe"));
  TRY(Fd writes, Moved(second.Release(), "make a pipe"));
  fcntl(reads.get(), F_SETFL, O_NONBLOCK);
  return Pipe{std::move(reads), std::move(writes)};
}

}  // namespace

Result<Entrance> OpenEntrance(ProcessSpec spec, const std::string& cgroup_root) {
  TRYV(CheckOwnRights());
  Entrance entrance;
  TRY(entrance.target,
      Moved(static_cast<int>(syscall(SYS_pidfd_open, spec.pid, 0)), "look for the container's process"));
  TRY(entrance.cgroups, CgroupsOf(spec.pid, spec.id, cgroup_root));
  if (!SameUserNamespace(spec.pid)) return MakeError(ErrorCode::kNotSupported, "the container has a user namespace");
  TRYV(CompleteLimits(spec));
  if (spec.umask < 0) spec.umask = kUsualUmask;
  entrance.spec = std::move(spec);
  return entrance;
}

Result<Entering> Enter(const Entrance& entrance, const std::vector<std::string>& command) {
  const Result<int> program = Program();
  if (!program.ok()) return NeedsRuntime(program.error());
  const std::string text = MakeOrder(entrance.spec, command, entrance.cgroups);
  TRY(const Fd order, InMemory("order", text.data(), text.size()));
  TRY(Pipe output, MakePipe());
  TRY(Pipe report, MakePipe());
  TRY(Pipe life, MakePipe());
  Start start;
  start.Give(output.writes, STDOUT_FILENO);
  start.Give(output.writes, STDERR_FILENO);
  start.Give(order, kEnterOrder);
  start.Give(entrance.target, kEnterTarget);
  start.Give(report.writes, kEnterReport);
  start.Give(life.reads, kEnterLife);
  Entering entering;
  TRY(const pid_t helper, start.Run(*program));
  entering.ended = Fd(static_cast<int>(syscall(SYS_pidfd_open, helper, 0)));
  if (!entering.ended) {
    const Error error = ErrnoError("look for ordinal-enter", errno);
    life.writes = Fd();  // it ends what it began, and itself
    waitpid(helper, nullptr, 0);
    return error;
  }
  entering.life = std::move(life.writes);
  entering.report = std::move(report.reads);
  entering.output = std::move(output.reads);
  return entering;
}

}  // namespace ordinal::cri
