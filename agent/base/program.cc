#include "agent/base/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

extern char** environ;

namespace ordinal {
namespace {

using std::chrono::milliseconds;

Result<pid_t> Start(const std::vector<std::string>& arguments, int output) {
  std::vector<char*> words;
  words.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  const int failed = posix_spawn(&pid, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return ErrnoError("run " + arguments[0], failed);
  return pid;
}

/// Reads until the other side is closed; false when `deadline` came first.
bool ReadAll(int fd, const Clock& clock, SteadyTime deadline, size_t most, std::string& out) {
  std::array<char, 16384> buffer{};
  while (true) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - clock.Steady()).count();
    pollfd waiting{fd, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<long>(left, 0)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    out.append(buffer.data(), std::min(static_cast<size_t>(got), most - std::min(most, out.size())));
  }
}

}  // namespace

Result<ProgramOutcome> RunProgram(const std::vector<std::string>& arguments, const Clock& clock, Duration within,
                                  size_t most) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return ErrnoError("make a pipe", errno);
  const Result<pid_t> pid = Start(arguments, pipe[1]);
  ::close(pipe[1]);
  ProgramOutcome outcome;
  const SteadyTime deadline = clock.Steady() + within;
  const bool ended = pid.ok() && ReadAll(pipe[0], clock, deadline, most, outcome.output);
  ::close(pipe[0]);
  if (!pid.ok()) return pid.error();
  if (!ended) ::kill(*pid, SIGKILL);
  int status = 0;
  while (::waitpid(*pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(within).count();
    return MakeError(ErrorCode::kDeadlineExceeded, fmt::format("{} did not end within {} s", arguments[0], seconds));
  }
  outcome.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return outcome;
}

}  // namespace ordinal
