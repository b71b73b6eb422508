#include "cri/images/sandbox_image.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <vector>

#include "agent/base/fd.h"
#include "agent/base/program.h"

namespace ordinal::cri {
namespace {

constexpr ProgramLimits kDump{.within = std::chrono::seconds(5), .most = 1 << 20};
constexpr char kDefaultConfig[] = "/etc/containerd/config.toml";

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// `key = 'value'` or `key = "value"` → value, of a line with that key.
std::optional<std::string> ValueOf(std::string_view line, std::string_view key) {
  const size_t equals = line.find('=');
  if (equals == std::string_view::npos || Trimmed(line.substr(0, equals)) != key) return std::nullopt;
  const std::string_view value = Trimmed(line.substr(equals + 1));
  if (value.size() < 2 || value.front() != value.back() || (value.front() != '"' && value.front() != '\'')) return {};
  return std::string(value.substr(1, value.size() - 2));
}

/// The process at the other end of a unix socket.
Result<pid_t> PeerOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path))
    return MakeError(ErrorCode::kInvalid, path + " is too long for a socket");
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return ErrnoError("make a socket", errno);
  ucred peer{};
  socklen_t size = sizeof(peer);
  const bool known = ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
                     ::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
  if (!known) return ErrnoError("ask who listens on " + path, errno);
  // systemd's socket activation, or a process of another pid namespace, is not one that can be asked.
  if (peer.pid <= 1) return MakeError(ErrorCode::kNotFound, "the process that listens on " + path + " is not known");
  return peer.pid;
}

std::vector<std::string> CommandLineOf(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/cmdline", pid), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::vector<std::string> words;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\0', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

/// The value of -c or --config on containerd's command line.
std::string ConfigOf(const std::vector<std::string>& words) {
  for (size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    const size_t dashes = word.find_first_not_of('-');
    if (dashes == 0 || dashes == std::string::npos) continue;
    const std::string flag = word.substr(dashes);
    if ((flag == "c" || flag == "config") && i + 1 < words.size()) return words[i + 1];
    for (const std::string_view name : {"c=", "config="}) {
      if (flag.starts_with(name)) return flag.substr(name.size());
    }
  }
  return kDefaultConfig;
}

}  // namespace

std::optional<std::string> SandboxImageOfDump(std::string_view toml) {
  bool pinned = false, cri = false;
  while (!toml.empty()) {
    const size_t end = std::min(toml.find('\n'), toml.size());
    const std::string_view line = Trimmed(toml.substr(0, end));
    toml.remove_prefix(std::min(end + 1, toml.size()));
    if (line.starts_with('[')) {
      pinned = line.find("cri.v1.images") != std::string_view::npos && line.ends_with(".pinned_images]");
      cri = line.find("grpc.v1.cri") != std::string_view::npos;
    }
    std::optional<std::string> name;
    if (pinned) name = ValueOf(line, "sandbox");
    if (cri) name = ValueOf(line, "sandbox_image");
    if (name && !name->empty()) return name;
  }
  return std::nullopt;
}

std::optional<std::string> SandboxImageOfError(std::string_view message) {
  constexpr std::string_view kWords = "failed to get sandbox image \"";
  const size_t found = message.find(kWords);
  if (found == std::string_view::npos) return std::nullopt;
  const std::string_view rest = message.substr(found + kWords.size());
  const size_t end = rest.find('"');
  if (end == std::string_view::npos || end == 0) return std::nullopt;
  return std::string(rest.substr(0, end));
}

Result<std::string> SandboxImageOfRuntime(const std::string& endpoint) {
  constexpr std::string_view kScheme = "unix://";
  if (!endpoint.starts_with(kScheme)) return MakeError(ErrorCode::kInvalid, endpoint + " is not a unix socket");
  TRY(const pid_t pid, PeerOf(endpoint.substr(kScheme.size())));
  const std::vector<std::string> words = CommandLineOf(pid);
  // /proc/<pid>/exe is the very program that runs, also when its file was replaced since.
  const std::vector<std::string> dump = {fmt::format("/proc/{}/exe", pid), "--config", ConfigOf(words), "config",
                                         "dump"};
  if (words.empty() || words[0].find("containerd") == std::string::npos) {
    return MakeError(ErrorCode::kNotFound, fmt::format("what listens on {} is not a containerd", endpoint));
  }
  TRY(const ProgramOutcome outcome, RunProgram(dump, kDump));
  const std::optional<std::string> name = SandboxImageOfDump(outcome.output);
  if (outcome.exit_code != 0 || !name) {
    return MakeError(ErrorCode::kNotFound, fmt::format("the configuration that the containerd of {} prints (exit code "
                                                       "{}) names no sandbox image",
                                                       endpoint, outcome.exit_code));
  }
  return *name;
}

}  // namespace ordinal::cri
