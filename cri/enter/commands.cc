#include "cri/enter/commands.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/base/scope.h"
#include "cri/enter/order.h"
#include "cri/enter/order_text.h"
#include "cri/enter/spawn.h"

namespace ordinal::cri {
namespace {

using asio::posix::stream_descriptor;

constexpr size_t kMostByRuntime = 1000;
constexpr Duration kPatience = std::chrono::seconds(3);  // with what is being killed
constexpr size_t kPipe = 64 * 1024;                      // what a pipe holds at most

Task<void> Readable(stream_descriptor& descriptor) {
  boost::system::error_code ignored;
  co_await descriptor.async_wait(stream_descriptor::wait_read, asio::redirect_error(asio::use_awaitable, ignored));
}

/// True when the child has ended, and is waited for no more.
bool Reap(int pidfd) {
  siginfo_t info{};
  return waitid(P_PIDFD, static_cast<id_t>(pidfd), &info, WEXITED | WNOHANG) != 0 || info.si_pid != 0;
}

/// The process has ended, and its parent knows.
bool Gone(int pidfd) { return syscall(SYS_pidfd_send_signal, pidfd, 0, nullptr, 0) != 0 && errno == ESRCH; }

/// Whether the runtime may do better: it knows more about containers, but no more about what is not there.
bool LeftToRuntime(const Error& error) { return error.code == ErrorCode::kNotSupported; }

Error FailureOf(const EnterReport& failed) {
  std::string what = fmt::format("{}: {}", StepName(failed.step), std::strerror(failed.value));
  const bool of_the_moment = failed.value == EAGAIN || failed.value == ENOMEM || failed.value == ESRCH;
  const bool final = failed.step == kEnterExecute || of_the_moment;
  return MakeError(final ? ErrorCode::kInternal : ErrorCode::kNotSupported, std::move(what));
}

}  // namespace

/// A command from its start to its end, and the program that is its parent.
struct Commands::Process {
  Process(const Executor& executor, Entering entering)
      : ended(executor, entering.ended.Release()),
        report(executor, entering.report.Release()),
        output(executor, entering.output.Release()),
        life(std::move(entering.life)) {}
  stream_descriptor ended, report, output;
  Fd life;
  std::optional<EnterReport> failed;  ///< the step that could not be done
  std::optional<int> exit_code;
  std::string out;
  TimerHandle timer;  ///< its time, then how long its end is waited for
  bool late = false, abandoned = false;
};

Commands::Commands(Parts parts) : parts_(std::move(parts)) {}
Commands::~Commands() = default;

Task<Result<std::shared_ptr<Entrance>>> Commands::EntranceOf(std::string id) {
  const auto known = entrances_.find(id);
  if (known != entrances_.end()) co_return known->second;
  CO_TRY(const std::string info, co_await parts_.info(id));
  auto open = [info, id, root = parts_.cgroup_root]() -> Result<std::shared_ptr<Entrance>> {
    TRY(ProcessSpec spec, ReadProcessSpec(info));
    spec.id = id;
    TRY(Entrance entrance, OpenEntrance(std::move(spec), root));
    return std::make_shared<Entrance>(std::move(entrance));
  };
  CO_TRY(std::shared_ptr<Entrance> entrance, co_await parts_.pool.Run(std::move(open)));
  std::erase_if(entrances_, [](const auto& item) { return Gone(item.second->target.get()); });
  entrances_[id] = entrance;
  co_return entrance;
}

Task<Result<ExecResult>> Commands::Run(std::string id, std::vector<std::string> command, std::chrono::seconds timeout) {
  if (!by_runtime_.contains(id)) {
    const auto entrance = co_await EntranceOf(id);
    Result<ExecResult> result = MakeError(ErrorCode::kInternal, "");
    if (entrance.ok()) {
      result = co_await Caught(RunIn(*entrance, command, timeout));
    } else {
      result = entrance.error();
    }
    if (result.ok() || !LeftToRuntime(result.error())) co_return result;
    if (by_runtime_.size() >= kMostByRuntime) by_runtime_.clear();  // what is left out is found again
    by_runtime_.insert(id);
    entrances_.erase(id);
    log::Info("container {:.12}: its commands are run by the runtime: {}", id, result.error().message);
  }
  co_return co_await parts_.runtime.ExecSync(std::move(id), std::move(command), timeout);
}

Task<Status> Commands::Signal(std::string id, int signal) {
  const auto entrance = co_await EntranceOf(id);
  if (!entrance.ok()) co_return entrance.error();
  const int target = (*entrance)->target.get();
  if (syscall(SYS_pidfd_send_signal, target, signal, nullptr, 0) == 0) co_return Status();
  if (errno == ESRCH) co_return MakeError(ErrorCode::kNotFound, "its first process has ended");
  co_return ErrnoError("signal the container's first process", errno);
}

Task<Result<ExecResult>> Commands::RunIn(std::shared_ptr<Entrance> entrance, std::vector<std::string> command,
                                         std::chrono::seconds timeout) {
  if (entrance->stuck > 0) co_return MakeError(ErrorCode::kInternal, "an earlier command has not come to its end");
  auto enter = [entrance, command] { return Enter(*entrance, command); };
  CO_TRY(Entering entering, co_await parts_.pool.Run(std::move(enter)));
  const Executor executor = co_await asio::this_coro::executor;
  const auto process = std::make_shared<Process>(executor, std::move(entering));
  Scope reading(executor);
  reading.Spawn("output of a command", ReadOutput(process));
  co_await ReadReports(process, timeout);
  while (!process->abandoned && !Reap(process->ended.native_handle())) co_await Readable(process->ended);
  reading.Cancel();
  co_await reading.Join();
  process->timer = TimerHandle();
  if (process->abandoned) {
    ++entrance->stuck;
    Spawn(executor, "end of a command", AwaitEnd(process, entrance));
  }
  if (process->failed) co_return FailureOf(*process->failed);
  if (process->late) {
    co_return MakeError(ErrorCode::kDeadlineExceeded, fmt::format("not done within {} s", timeout.count()));
  }
  if (!process->exit_code)
    co_return MakeError(ErrorCode::kInternal, "the process that entered the container was killed");
  co_return ExecResult{std::move(process->out), {}, *process->exit_code};
}

/// The command is to end now. What cannot even be killed (frozen, traced, in the middle of a call of the kernel) is not
/// waited for.
void Commands::EndCommand(const std::shared_ptr<Process>& process) {
  if (!process->life) return;
  process->life = Fd();
  process->timer = parts_.clock.After(kPatience, [process] {
    process->abandoned = true;
    boost::system::error_code ignored;
    process->report.cancel(ignored);
    process->ended.cancel(ignored);
  });
}

Task<void> Commands::AwaitEnd(std::shared_ptr<Process> process, std::shared_ptr<Entrance> entrance) {
  while (!Reap(process->ended.native_handle())) co_await Readable(process->ended);
  --entrance->stuck;
}

/// Until the program has nothing more to say. A caller that gives up ends the command, and so does its time, which
/// begins with it.
Task<void> Commands::ReadReports(std::shared_ptr<Process> process, std::chrono::seconds timeout) {
  while (!process->abandoned) {
    const bool given_up = co_await GivenUp();
    if (given_up) EndCommand(process);
    co_await Readable(process->report);
    EnterReport said{};
    const ssize_t got = read(process->report.native_handle(), &said, sizeof(said));
    if (got < 0 && errno == EAGAIN) continue;
    if (got != static_cast<ssize_t>(sizeof(said))) co_return;
    if (said.step == kEnterEnded) {
      process->exit_code = said.value;
    } else if (said.step != kEnterBegan) {
      process->failed = said;
    } else if (process->life) {
      process->timer = parts_.clock.After(timeout, [this, process] {
        process->late = true;
        EndCommand(process);
      });
    }
  }
}

/// Ends with the output, or when it is cancelled because the process has ended: then what is in the pipe is taken yet,
/// once, as what the command left running may go on writing. Each piece is waited for, so that a command that writes
/// without end holds nobody up.
Task<void> Commands::ReadOutput(std::shared_ptr<Process> process) {
  std::string room(kPipe, '\0');
  bool last = false;
  while (true) {
    const ssize_t got = read(process->output.native_handle(), room.data(), room.size());
    if (got == 0 || (got < 0 && errno != EAGAIN)) co_return;
    if (got > 0) process->out.append(room, 0, std::min(static_cast<size_t>(got), kMostOutput - process->out.size()));
    if (last) co_return;
    co_await Readable(process->output);
    last = co_await GivenUp();
  }
}

}  // namespace ordinal::cri
