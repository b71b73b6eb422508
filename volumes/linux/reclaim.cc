#include "volumes/reclaim.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "volumes/linux/directories.h"
#include "volumes/linux/real_paths.h"
#include "volumes/sources/sources.h"

namespace ordinal::volumes {
namespace {

namespace fs = std::filesystem;

// Nothing in these is anybody's volume (hier(7)).
constexpr std::string_view kSystemTrees[] = {"/lib",
                                             "/lib32",
                                             "/lib64",
                                             "/libx32",
                                             "/bin",
                                             "/boot",
                                             "/dev",
                                             "/etc",
                                             "/proc",
                                             "/root",
                                             "/run",
                                             "/sbin",
                                             "/sys",
                                             "/usr",
                                             "/opt/cni",
                                             "/var/lib/apt",
                                             "/var/lib/cni",
                                             "/var/lib/dbus",
                                             "/var/lib/docker",
                                             "/var/lib/dpkg",
                                             "/var/lib/kubelet",
                                             "/var/lib/containerd",
                                             "/var/lib/etcd",
                                             "/var/lib/systemd",
                                             "/var/lib/containers",
                                             "/var/lib/rancher",
                                             "/var/log/journal"};
// Their subdirectories hold the data of programs and people; what lies deeper may be a volume.
constexpr std::string_view kParents[] = {"/var", "/home"};

constexpr const char* kCure =
    "correct the path of the PersistentVolume, or give it persistentVolumeReclaimPolicy Retain, which keeps the data";

/// `path` is `tree` or lies in it.
bool In(const std::string& path, std::string_view tree) {
  return path.starts_with(tree) && (path.size() == tree.size() || path[tree.size()] == '/');
}

size_t Depth(const std::string& path) { return static_cast<size_t>(std::count(path.begin(), path.end(), '/')); }

Error Refused(const std::string& path, const std::string& why) {
  return MakeError(ErrorCode::kPermissionDenied, fmt::format("{} is left as it is: {}; {}", path, why, kCure));
}

ReclaimRules Real(ReclaimRules rules) {
  Directories& own = rules.directories;
  for (std::string* directory : {&own.state, &own.volumes, &own.run, &own.pod_logs, &own.container_logs}) {
    *directory = RealPath(*directory);
  }
  for (std::string& directory : rules.kept) directory = RealPath(directory);
  return rules;
}

/// The directory that is meant, or nothing when there is none and none is needed.
Result<std::string> Resolve(const ReclaimTarget& target, const ReclaimRules& rules) {
  TRYV(CheckHostDirectory(target.path));
  std::string path = fs::path(target.path).lexically_normal().string();
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const ReclaimRules real_rules = Real(rules);
  // Judged as it is written too: a path that is refused must not become harmless by being missing today.
  TRYV(CheckReclaimable(path, real_rules));
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return ErrnoError("look at " + path, errno);
    if (target.may_be_missing) return std::string();
    return MakeError(ErrorCode::kNotFound,
                     fmt::format("directory {} does not exist: create it, or mount the disk it is on", path));
  }
  if (S_ISLNK(info.st_mode)) return Refused(path, "it is a symlink");
  if (!S_ISDIR(info.st_mode)) return Refused(path, "it is no directory");
  std::string real = RealPath(path);
  TRYV(CheckReclaimable(real, real_rules));
  RealPaths paths;
  for (const std::string& other : target.others) {
    if (!Overlap(real, paths.Of(other)) && !Overlap(path, other)) continue;
    return MakeError(ErrorCode::kFailedPrecondition,
                     fmt::format("{} is left as it is: another PersistentVolume has its data in {}; delete that one "
                                 "first, or {}",
                                 path, other, kCure));
  }
  return real;
}

/// The namespace's directory goes with its last claim.
void RemoveEmptyNamespace(const std::string& path, const ReclaimRules& rules) {
  const fs::path parent = fs::path(path).parent_path();
  const bool ours = parent.parent_path() == RealPath(rules.directories.volumes);
  if (ours && !parent.filename().string().starts_with('_')) ::rmdir(parent.c_str());
}

}  // namespace

bool Overlap(const std::string& a, const std::string& b) { return In(a, b) || In(b, a) || a == "/" || b == "/"; }

Status CheckReclaimable(const std::string& path, const ReclaimRules& rules) {
  if (Depth(path) < 2) return Refused(path, "it is the host's root or a directory in it");
  const Directories& own = rules.directories;
  std::vector<std::string> kept = rules.kept;
  for (const std::string& directory : {own.state, own.volumes, own.run, own.pod_logs, own.container_logs}) {
    kept.push_back(directory);
  }
  for (const std::string& directory : kept) {
    if (In(directory, path)) return Refused(path, "the agent's own directory " + directory + " is in it");
  }
  if (In(path, own.volumes)) {
    if (Depth(path) >= Depth(own.volumes) + 2) return {};
    return Refused(path, "it holds the directories of many claims");
  }
  for (const std::string& directory : kept) {
    if (In(path, directory)) return Refused(path, "it is in the agent's own directory " + directory);
  }
  for (const std::string_view tree : kSystemTrees) {
    if (In(path, tree)) return Refused(path, "it is in a directory of the system");
  }
  for (const std::string_view parent : kParents) {
    if (In(path, parent) && Depth(path) == 2) return Refused(path, "it is a directory of the system or of a person");
  }
  return {};
}

Status WipeVolume(const ReclaimTarget& target, const ReclaimRules& rules) {
  TRY(const std::string path, Resolve(target, rules));
  return path.empty() ? Status() : EmptyDirectory(path);
}

Status RemoveVolume(const ReclaimTarget& target, const ReclaimRules& rules) {
  TRY(const std::string path, Resolve(target, rules));
  if (path.empty()) {
    RemoveEmptyNamespace(RealPath(target.path), rules);
    return {};
  }
  TRYV(EmptyDirectory(path));
  const fs::path name(path);
  const Fd parent = OpenResolved(AT_FDCWD, name.parent_path().c_str(), O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS);
  if (!parent) return ErrnoError("open " + name.parent_path().string(), errno);
  // EBUSY: a mount point, which whoever mounted it needs.
  if (::unlinkat(parent.get(), name.filename().c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT && errno != EBUSY) {
    return ErrnoError("remove " + path, errno);
  }
  RemoveEmptyNamespace(path, rules);
  return {};
}

}  // namespace ordinal::volumes
