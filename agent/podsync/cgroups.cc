#include "agent/podsync/cgroups.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <vector>

#include "agent/base/fd.h"

namespace ordinal::podsync {
namespace {

namespace fs = std::filesystem;

constexpr std::array kClasses{"", "burstable", "besteffort"};
constexpr int64_t kShare = 4;            // of what the host allows
constexpr int64_t kLeastProcesses = 64;  // a pod must be able to run, however little the host allows

/// The root of every cgroup hierarchy: the controllers of v1, v2's unified one, or `root` itself (pure v2).
std::vector<std::string> Hierarchies(const std::string& root) {
  std::error_code code;
  std::vector<std::string> hierarchies = {root};
  for (const fs::directory_entry& entry : fs::directory_iterator(root, code)) {
    if (entry.is_directory(code) && !entry.is_symlink(code)) hierarchies.push_back(entry.path().string());
  }
  return hierarchies;
}

/// rmdir from the leaves up; a cgroup that still holds something refuses and stays.
void RemoveEmptyDirectories(const std::string& path) {
  std::error_code code;
  std::vector<std::string> children;
  for (const fs::directory_entry& entry : fs::directory_iterator(path, code)) {
    if (entry.is_directory(code) && !entry.is_symlink(code)) children.push_back(entry.path().string());
  }
  for (const std::string& child : children) RemoveEmptyDirectories(child);
  rmdir(path.c_str());
}

/// Where a class of service lies, with the cgroupfs driver and with systemd's.
std::string ClassDirectory(const std::string& name) { return name.empty() ? "/kubepods" : "/kubepods/" + name; }
std::string ClassSlice(const std::string& name) {
  return name.empty() ? "/kubepods.slice" : fmt::format("/kubepods.slice/kubepods-{}.slice", name);
}

/// Every place the pod's cgroup may be at below a hierarchy.
std::vector<std::string> PlacesOf(const std::string& uid) {
  std::string escaped = uid;
  std::replace(escaped.begin(), escaped.end(), '-', '_');
  std::vector<std::string> places;
  for (const std::string name : kClasses) {
    places.push_back(fmt::format("{}/pod{}", ClassDirectory(name), uid));
    places.push_back(
        fmt::format("{}/kubepods{}-pod{}.slice", ClassSlice(name), name.empty() ? "" : "-" + name, escaped));
  }
  return places;
}

/// Those that are there.
std::vector<std::string> CgroupsOf(const std::string& root, const std::string& uid) {
  std::vector<std::string> paths;
  if (uid.empty() || uid.find('/') != std::string::npos) return paths;
  for (const std::string& hierarchy : Hierarchies(root)) {
    for (const std::string& place : PlacesOf(uid)) {
      std::error_code code;
      if (fs::is_directory(hierarchy + place, code)) paths.push_back(hierarchy + place);
    }
  }
  return paths;
}

void KillBelow(const std::string& path) {
  // cgroup v2, Linux 5.14: the whole tree at once, and nobody whose number was given to another process meanwhile.
  const Fd all(open((path + "/cgroup.kill").c_str(), O_WRONLY | O_CLOEXEC));
  if (all && write(all.get(), "1", 1) == 1) return;
  std::ifstream processes(path + "/cgroup.procs");
  for (pid_t pid = 0; processes >> pid;) {
    if (pid > 1) kill(pid, SIGKILL);  // 0: of another pid namespace
  }
  std::error_code code;
  for (fs::directory_iterator entry(path, code), end; !code && entry != end; entry.increment(code)) {
    std::error_code unread;
    if (entry->is_directory(unread) && !entry->is_symlink(unread)) KillBelow(entry->path().string());
  }
}

bool HoldsProcess(const std::string& path) {
  std::ifstream processes(path + "/cgroup.procs");
  std::string any;
  if (processes >> any) return true;
  std::error_code code;
  for (fs::directory_iterator entry(path, code), end; !code && entry != end; entry.increment(code)) {
    std::error_code unread;
    if (entry->is_directory(unread) && !entry->is_symlink(unread) && HoldsProcess(entry->path().string())) return true;
  }
  return false;
}

/// Those of a container below its pod's: named by its id (cgroupfs), or with the runtime's name before it (systemd:
/// cri-containerd-<id>.scope).
std::vector<std::string> CgroupsOfContainer(const std::string& pod, const std::string& id) {
  std::vector<std::string> paths;
  std::error_code code;
  for (fs::directory_iterator entry(pod, code), end; !code && entry != end; entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    if (name == id || name.ends_with("-" + id + ".scope")) paths.push_back(entry->path().string());
  }
  return paths;
}

/// "max", or what is no number, is no bound.
std::optional<int64_t> ReadBound(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  file >> text;
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value <= 0) return std::nullopt;
  return value;
}

/// The directories of pids.max that bound the agent itself (cgroups(7): "8:pids:/a/b", v2 "0::/a/b").
std::vector<std::string> OwnCgroups(const std::string& root, const std::string& proc) {
  std::vector<std::string> directories;
  std::ifstream file(proc + "/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool unified = controllers == ",,";
    if (!unified && controllers.find(",pids,") == std::string::npos) continue;
    const std::string top = unified ? root : root + "/pids";
    for (std::string path = line.substr(second + 1); path.starts_with("/");) {
      directories.push_back(top + (path == "/" ? "" : path));
      if (path == "/") break;
      path.resize(std::max<size_t>(1, path.rfind('/')));
    }
  }
  return directories;
}

}  // namespace

bool RemovePodCgroups(const std::string& root, const std::string& uid) {
  bool gone = true;
  for (const std::string& path : CgroupsOf(root, uid)) {
    std::error_code code;
    RemoveEmptyDirectories(path);
    gone = gone && !fs::exists(path, code);
  }
  return gone;
}

void KillPodProcesses(const std::string& root, const std::string& uid) {
  for (const std::string& path : CgroupsOf(root, uid)) KillBelow(path);
}

bool KillProcessesOfEnded(const std::string& root, const std::string& uid, const std::vector<std::string>& containers) {
  bool none = true;
  for (const std::string& pod : CgroupsOf(root, uid)) {
    for (const std::string& id : containers) {
      for (const std::string& path : CgroupsOfContainer(pod, id)) {
        if (!HoldsProcess(path)) continue;
        none = false;
        KillBelow(path);
      }
    }
  }
  return none;
}

void RemoveEmptyClassCgroups(const std::string& root) {
  for (const std::string& hierarchy : Hierarchies(root)) {
    for (auto name = kClasses.rbegin(); name != kClasses.rend(); ++name) {
      rmdir((hierarchy + ClassDirectory(*name)).c_str());
      rmdir((hierarchy + ClassSlice(*name)).c_str());
    }
  }
}

Status LimitProcesses(const std::string& root, const std::string& parent, int64_t limit) {
  const std::string text = limit < 0 ? "max" : fmt::format("{}", limit);
  Status last = MakeError(ErrorCode::kNotFound, "there is no cgroup " + parent + " with the controller pids");
  for (const std::string& top : {root + "/pids", root}) {
    const std::string path = top + parent + "/pids.max";
    const Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file) {
      if (errno != ENOENT) last = ErrnoError("open " + path, errno);
      continue;
    }
    if (write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())) return {};
    last = ErrnoError("write " + path, errno);
  }
  return last;
}

int64_t ProcessesIn(const std::string& root, const std::string& parent) {
  for (const std::string& top : {root + "/pids", root}) {
    if (const auto count = ReadBound(top + parent + "/pids.current")) return *count;
  }
  return 0;
}

int64_t DefaultProcessLimit(const std::string& root, const std::string& proc) {
  std::optional<int64_t> least;
  const auto bound = [&](const std::string& path) {
    if (const auto value = ReadBound(path)) least = std::min(least.value_or(*value), *value);
  };
  bound(proc + "/sys/kernel/pid_max");
  bound(proc + "/sys/kernel/threads-max");
  for (const std::string& directory : OwnCgroups(root, proc)) bound(directory + "/pids.max");
  if (!least) return -1;
  return std::max(kLeastProcesses, *least / kShare);
}

}  // namespace ordinal::podsync
