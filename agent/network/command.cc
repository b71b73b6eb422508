#include "agent/network/command.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace ordinal::network {
namespace {

/// A file in memory. Unlike a pipe it holds everything, so that nobody has to read while the program writes.
class MemoryFile {
 public:
  MemoryFile() : fd_(memfd_create("ordinald-command", MFD_CLOEXEC)) {}
  MemoryFile(const MemoryFile&) = delete;
  ~MemoryFile() {
    if (fd_ >= 0) close(fd_);
  }

  int fd() const { return fd_; }

  Status Fill(const std::string& text) const {
    size_t done = 0;
    while (done < text.size()) {
      const ssize_t count = pwrite(fd_, text.data() + done, text.size() - done, static_cast<off_t>(done));
      if (count < 0 && errno != EINTR) return ErrnoError("write the input of a command", errno);
      if (count > 0) done += static_cast<size_t>(count);
    }
    return {};
  }

  std::string Text() const {
    const off_t size = lseek(fd_, 0, SEEK_END);
    std::string text(size > 0 ? static_cast<size_t>(size) : 0, '\0');
    const ssize_t count = pread(fd_, text.data(), text.size(), 0);
    text.resize(count > 0 ? static_cast<size_t>(count) : 0);
    return text;
  }

 private:
  const int fd_;
};

Result<int> Wait(pid_t child, const std::string& name) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return ErrnoError("wait for " + name, errno);
  }
  return status;
}

}  // namespace

Result<std::string> RunProgram(const std::vector<std::string>& command, const std::string& input) {
  const std::string& name = command.front();
  const MemoryFile in, out, err;
  if (in.fd() < 0 || out.fd() < 0 || err.fd() < 0) return ErrnoError("run " + name, errno);
  TRYV(in.Fill(input));
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, in.fd(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, out.fd(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, err.fd(), STDERR_FILENO);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int failure = posix_spawnp(&child, name.c_str(), &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failure != 0) return ErrnoError("run " + name, failure);
  TRY(const int status, Wait(child, name));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return out.Text();
  return MakeError(ErrorCode::kInternal,
                   fmt::format("{} ended with {}: {}", name,
                               WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), err.Text()));
}

}  // namespace ordinal::network
