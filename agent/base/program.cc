#include "agent/base/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "agent/base/fd.h"

extern char** environ;

namespace ordinal {
namespace {

struct Pipe {
  Fd reading, writing;
};

bool Open(Pipe& pipe) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  pipe.reading = Fd(ends[0]);
  pipe.writing = Fd(ends[1]);
  return true;
}

/// A file in memory. Unlike a pipe it holds everything, so that nobody has to write while the program reads.
bool Fill(Fd& file, const std::string& text) {
  file = Fd(::memfd_create("ordinald-input", MFD_CLOEXEC));
  for (size_t done = 0; file && done < text.size();) {
    const ssize_t count = ::pwrite(file.get(), text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) done += static_cast<size_t>(count);
  }
  return static_cast<bool>(file);
}

/// Readable when `within` is over.
bool Arm(Fd& timer, Duration within) {
  timer = Fd(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
  const auto all = std::max(std::chrono::nanoseconds(within), std::chrono::nanoseconds(1));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(all);
  itimerspec when{};
  when.it_value.tv_sec = seconds.count();
  when.it_value.tv_nsec = (all - seconds).count();
  return timer && ::timerfd_settime(timer.get(), 0, &when, nullptr) == 0;
}

Result<pid_t> Start(const std::vector<std::string>& arguments, int input, int output, int complaint) {
  std::vector<char*> words;
  words.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, complaint, STDERR_FILENO);
  // Not every library marks its sockets close-on-exec, and a listening one must not outlive us in a child.
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  pid_t pid = -1;
  const int failed = ::posix_spawnp(&pid, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return ErrnoError("run " + arguments[0], failed);
  return pid;
}

/// Closes `fd` at its end.
void ReadSome(Fd& fd, size_t most, std::string& out) {
  std::array<char, 16384> buffer{};
  const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
  if (got < 0 && errno == EINTR) return;
  if (got <= 0) {
    fd = Fd();
    return;
  }
  out.append(buffer.data(), std::min(static_cast<size_t>(got), most - std::min(most, out.size())));
}

/// Reads until both are closed; false when the timer fired first.
bool ReadAll(Fd& output, Fd& complaint, const Fd& timer, size_t most, ProgramOutcome& outcome) {
  while (output || complaint) {
    std::array<pollfd, 3> waiting{{{timer.get(), POLLIN, 0}, {output.get(), POLLIN, 0}, {complaint.get(), POLLIN, 0}}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) return false;
    if (waiting[0].revents != 0) return false;
    if (waiting[1].revents != 0) ReadSome(output, most, outcome.output);
    if (waiting[2].revents != 0) ReadSome(complaint, most, outcome.complaint);
  }
  return true;
}

}  // namespace

int ExitCodeOf(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

Result<ProgramOutcome> RunProgram(const std::vector<std::string>& arguments, const ProgramLimits& limits,
                                  const std::string& input) {
  Pipe output, complaint;
  Fd given, timer;
  if (!Open(output) || !Open(complaint) || !Fill(given, input) || !Arm(timer, limits.within)) {
    return ErrnoError("run " + arguments[0], errno);
  }
  TRY(const pid_t pid, Start(arguments, given.get(), output.writing.get(), complaint.writing.get()));
  output.writing = Fd();
  complaint.writing = Fd();
  ProgramOutcome outcome;
  const bool ended = ReadAll(output.reading, complaint.reading, timer, limits.most, outcome);
  if (!ended) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended) {
    return MakeError(ErrorCode::kDeadlineExceeded,
                     fmt::format("{} did not end within {} s", arguments[0],
                                 std::chrono::duration_cast<std::chrono::seconds>(limits.within).count()));
  }
  outcome.exit_code = ExitCodeOf(status);
  return outcome;
}

}  // namespace ordinal
