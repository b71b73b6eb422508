// What a pod asks of its volumes, as podsync hands it over: plain values, everything resolved (claims to
// directories, $(VAR) in subPathExpr expanded). Meanings are those of core/v1 Volume, VolumeMount and
// PodSecurityContext.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::volumes {

/// emptyDir: made when the pod starts, gone with the pod.
struct EmptyDir {
  bool memory = false;                  ///< medium: Memory, a tmpfs; or HugePages.
  int64_t page_size = 0;                ///< medium: HugePages, in bytes; 0 for Memory.
  std::optional<int64_t> size_limit{};  ///< Bytes; absent or ≤ 0 = none. Limits a tmpfs; a disk one is not limited.
};

/// hostPath.type. kAny is the empty string: nothing is checked or created.
enum class HostPathType {
  kAny,
  kDirectoryOrCreate,
  kDirectory,
  kFileOrCreate,
  kFile,
  kSocket,
  kCharDevice,
  kBlockDevice,
};

/// hostPath: something of the host. Its owner, mode and content are left as they are, whatever fsGroup says.
struct HostPath {
  std::string path{};  ///< Absolute, without "..".
  HostPathType type = HostPathType::kAny;
};

/// The directory behind a persistent volume: local, hostPath, or an emulated disk. It outlives its pods.
struct LocalDirectory {
  std::string path{};    ///< Absolute, without "..".
  bool create = false;   ///< Make it (0777, as users other than root must be able to write) when it is missing.
  bool fs_group = true;  ///< False for a persistent volume of type hostPath, which fsGroup does not apply to.
};

struct ConfigFile {
  std::string path{};  ///< In the volume; relative, without "..".
  std::shared_ptr<const std::string> bytes{};
  uint32_t mode = 0644;
  std::optional<int64_t> owner{};                      ///< user id; absent: root
  bool operator==(const ConfigFile&) const = default;  ///< the same bytes, not equal ones
};

/// configMap, secret, downwardAPI and projected: files that the agent writes and replaces all at once. Every mount of
/// it is read-only; fsGroup may read it.
struct ConfigFiles {
  std::string plugin{};   ///< The kubelet's name of its kind: "kubernetes.io~secret".
  bool memory = true;     ///< On a tmpfs: for what must be on no disk.
  std::string version{};  ///< Of what it is made from; another one means that the files may differ.
  std::vector<ConfigFile> files{};
  /// What it is made from is not there: files written before stay, and without them this is the volume's error.
  std::optional<Error> missing{};
};

/// A source this agent does not mount; `kind` is its key in the pod ("nfs"). Planning it fails with kNotSupported.
struct Unsupported {
  std::string kind{};
};

struct VolumeSpec {
  std::string name{};
  std::variant<EmptyDir, HostPath, LocalDirectory, ConfigFiles, Unsupported> source{};
  bool read_only = false;  ///< Of the source (persistentVolumeClaim.readOnly): every mount of it is read-only.
};

/// volumeMount.mountPropagation: None, HostToContainer, Bidirectional. Numbers as in CRI v1's MountPropagation.
enum class Propagation { kPrivate = 0, kHostToContainer = 1, kBidirectional = 2 };

/// One volumeMount of one container.
struct MountSpec {
  std::string volume{};
  std::string container{};
  std::string mount_path{};
  std::string sub_path{};  ///< Relative, without ".."; empty = the volume's root.
  bool read_only = false;
  Propagation propagation = Propagation::kPrivate;
};

enum class FsGroupPolicy { kAlways, kOnRootMismatch };

struct PodVolumesSpec {
  std::string uid{};
  std::vector<VolumeSpec> volumes{};
  std::vector<MountSpec> mounts{};  ///< Of all containers, each container's in the order of its spec.
  std::optional<int64_t> fs_group{};
  FsGroupPolicy fs_group_policy = FsGroupPolicy::kAlways;
};

/// What CRI is told about one mount (its Mount message).
struct ReadyMount {
  std::string container_path{};
  std::string host_path{};
  bool read_only = false;
  Propagation propagation = Propagation::kPrivate;
  bool operator==(const ReadyMount&) const = default;
};

/// The core/v1 spelling ("DirectoryOrCreate"; "" for kAny) and back; kInvalid for any other word.
std::string_view ToString(HostPathType type);
Result<HostPathType> ParseHostPathType(std::string_view text);

}  // namespace ordinal::volumes
