// Planning: (layout, what the pod asks for, what is there already) → what to do, in order. Pure: no call here
// touches a file. execute.h does what a plan says.
//
//   pod starts      PlanSetUp ──────► steps: directories, tmpfs, checks, ownership
//   container starts  PlanContainer ──► what CRI mounts, and the subPath bindings it needs first
//   pod is gone     PlanTearDown ───► unmount in reverse order, then remove pods/<uid>, and nothing else
#pragma once

#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "agent/base/layout.h"
#include "agent/base/result.h"
#include "volumes/mounter.h"
#include "volumes/spec.h"

namespace ordinal::volumes {

/// The reason of every error about a volume (an Event's reason), and of one about a subPath (a container's
/// waiting reason), as the kubelet reports them.
inline constexpr char kFailedMount[] = "FailedMount";
inline constexpr char kCreateContainerConfigError[] = "CreateContainerConfigError";

/// Makes `path` with exactly this mode and group, all at once; what exists already is left as its users made it.
struct MakeEmptyDir {
  std::string path{};
  uint32_t mode = 0;
  std::optional<int64_t> gid{};
  bool operator==(const MakeEmptyDir&) const = default;
};

/// Makes `path` as a mount point and mounts a tmpfs on it.
struct MountTmpfs {
  std::string path{};
  TmpfsOptions options;
  bool operator==(const MountTmpfs&) const = default;
};

/// Sees to it that `path` is what hostPath.type says, creating it for the …OrCreate types.
struct CheckHostPath {
  std::string path{};
  HostPathType type = HostPathType::kAny;
  bool operator==(const CheckHostPath&) const = default;
};

/// Sees to it that the directory of a persistent volume is there.
struct CheckLocalDirectory {
  std::string path{};
  bool create = false;
  bool operator==(const CheckLocalDirectory&) const = default;
};

/// Gives the tree at `path` to group `gid`, then makes the empty file `marker` so that it is done once per pod.
struct SetGroup {
  std::string path{};
  int64_t gid = 0;
  FsGroupPolicy policy = FsGroupPolicy::kAlways;
  std::string marker{};
  bool operator==(const SetGroup&) const = default;
};

/// ConfigFiles::missing: `path` must have been written before.
struct KeepFiles {
  std::string path{};
  Error otherwise{};  ///< When there are none.
  bool operator==(const KeepFiles& other) const { return path == other.path; }
};

/// Makes the files of `path`, a directory that is there, these and no others, all at once (linux/replace_files.h).
struct WriteFiles {
  std::string path{};
  std::vector<ConfigFile> files{};
  std::optional<int64_t> gid{};  ///< May read them.
  bool operator==(const WriteFiles&) const = default;
};

using SetUpAction =
    std::variant<MakeEmptyDir, MountTmpfs, CheckHostPath, CheckLocalDirectory, SetGroup, KeepFiles, WriteFiles>;

struct SetUpStep {
  std::string volume{};
  SetUpAction action{};
  bool operator==(const SetUpStep&) const = default;
};

/// What was found below pods/<uid> before planning.
struct Found {
  std::set<std::string> mount_points{};  ///< Absolute paths.
  std::set<std::string> owned{};         ///< Names of volumes with a marker in Layout::Owned.
};

/// kInvalid for names that cannot be directories, duplicate volumes, mounts of a volume that is not there, or
/// paths with ".."; kNotSupported for an Unsupported source. The message begins with the volume's name.
Result<std::vector<SetUpStep>> PlanSetUp(const Layout& layout, const PodVolumesSpec& pod, const Found& found);

/// A subPath to be bound to `target` before CRI is told to mount `target`.
struct SubPathBinding {
  std::string volume{};
  std::string root{};      ///< The volume's directory on the host.
  std::string sub_path{};  ///< Below `root`; nothing reached through it may lie outside.
  std::string target{};    ///< In pods/<uid>/volume-subpaths.
  bool operator==(const SubPathBinding&) const = default;
};

struct ContainerPlan {
  std::vector<SubPathBinding> bindings{};
  std::vector<ReadyMount> mounts{};  ///< In the order of the container's volumeMounts.
};

/// Errors as PlanSetUp; an unknown container has no mounts.
Result<ContainerPlan> PlanContainer(const Layout& layout, const PodVolumesSpec& pod, const std::string& container);

struct Unmount {
  std::string path{};
  bool operator==(const Unmount&) const = default;
};

/// Removes `path` and what is in it, never through a symlink or into another mount.
struct RemoveTree {
  std::string path{};
  bool operator==(const RemoveTree&) const = default;
};

using TearDownAction = std::variant<Unmount, RemoveTree>;

/// `mount_points` as Mounter::ListMounts(Layout::Pod(uid)) gave them. kInvalid for a uid that is no path component.
Result<std::vector<TearDownAction>> PlanTearDown(const Layout& layout, const std::string& uid,
                                                 const std::vector<std::string>& mount_points);

}  // namespace ordinal::volumes
