#include "agent/podsync/ending_sandboxes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "agent/base/fd.h"
#include "agent/base/log.h"

namespace ordinal::podsync {
namespace {

namespace fs = std::filesystem;

/// Ids come from the runtime: one that is no plain file name gets no note.
bool CanBeNoted(const std::string& id) {
  return !id.empty() && id.front() != '.' && id.find('/') == std::string::npos && id.size() < 256;
}

/// Makes the note. True when it was there already: an earlier stop never came to its end.
Result<bool> Note(const std::string& directory, const std::string& id) {
  std::error_code code;
  fs::create_directories(directory, code);
  const std::string path = directory + "/" + id;
  const Fd note(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!note && errno == EEXIST) return true;
  if (!note) return ErrnoError("write " + path, errno);
  return false;
}

Status Forget(const std::string& directory, const std::set<std::string>& ids) {
  for (const std::string& id : ids) {
    const std::string path = directory + "/" + id;
    if (unlink(path.c_str()) != 0 && errno != ENOENT) return ErrnoError("remove " + path, errno);
  }
  return {};
}

Result<std::set<std::string>> NotedIn(const std::string& directory) {
  std::set<std::string> ids;
  std::error_code code;
  for (fs::directory_iterator entry(directory, code), end; !code && entry != end; entry.increment(code)) {
    ids.insert(entry->path().filename().string());
  }
  if (code && code != std::errc::no_such_file_or_directory) return ErrnoError("read " + directory, code.value());
  return ids;
}

}  // namespace

EndingSandboxes::EndingSandboxes(std::unique_ptr<cri::Runtime> runtime, BlockingPool& pool, std::string directory,
                                 Sweep sweep)
    : runtime_(std::move(runtime)), pool_(pool), directory_(std::move(directory)), sweep_(std::move(sweep)) {}

Task<Status> EndingSandboxes::StopSandbox(std::string id) {
  if (!CanBeNoted(id)) co_return co_await runtime_->StopSandbox(id);
  auto note = [directory = directory_, id] { return Note(directory, id); };
  const Result<bool> interrupted = co_await pool_.Run(std::move(note));
  // A disk that takes no note is no reason to let a pod go on.
  if (!interrupted.ok()) log::Warning("sandbox {:.12}: {}", id, interrupted.error().message);
  const Status stopped = co_await runtime_->StopSandbox(id);
  if (!stopped.ok()) co_return stopped;
  const std::set<std::string> ids{id};
  if (interrupted.ok() && *interrupted) {
    const Status swept = co_await SweepAndForget(ids);
    if (!swept.ok()) log::Warning("sandbox {:.12}: its note is kept: {}", id, swept.error().message);
  } else {
    auto forget = [directory = directory_, ids] { return Forget(directory, ids); };
    const Status forgotten = co_await pool_.Run(std::move(forget));
    if (!forgotten.ok()) log::Warning("sandbox {:.12}: {}", id, forgotten.error().message);
  }
  co_return stopped;
}

Task<Status> EndingSandboxes::SweepGone() {
  auto read = [directory = directory_] { return NotedIn(directory); };
  CO_TRY(std::set<std::string> gone, co_await pool_.Run(std::move(read)));
  if (gone.empty()) co_return Status();
  const cri::SandboxFilter everything;
  CO_TRY(const std::vector<cri::Sandbox> sandboxes, co_await runtime_->ListSandboxes(everything));
  for (const cri::Sandbox& sandbox : sandboxes) gone.erase(sandbox.id);
  co_return co_await SweepAndForget(std::move(gone));
}

Task<Status> EndingSandboxes::SweepAndForget(std::set<std::string> sandboxes) {
  if (sandboxes.empty()) co_return Status();
  log::Info("sweeping what is left of {} sandboxes whose end was interrupted", sandboxes.size());
  auto work = [sweep = sweep_, directory = directory_, sandboxes]() -> Status {
    TRYV(sweep(sandboxes));
    return Forget(directory, sandboxes);
  };
  co_return co_await pool_.Run(std::move(work));
}

}  // namespace ordinal::podsync
