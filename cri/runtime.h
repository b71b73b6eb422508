// Runtime: what the agent needs from a CRI v1 runtime, in plain types. cri/grpc implements it on containerd,
// tests/fakes on nothing; both pass tests/contract.
//
// All calls are coroutines of the control thread and never block it. Every call has a deadline of its own
// (cri/grpc/deadlines.h). Errors: kUnavailable when the runtime does not answer (retry: the client
// reconnects by itself), kNotFound for an unknown id, kDeadlineExceeded, kInvalid for a bad request, kInternal.
// Field meanings follow CRI v1 (runtime.v1), messages named in each comment.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/task.h"

namespace ordinal::cri {

using StringMap = std::map<std::string, std::string>;

enum class NamespaceMode { kPod = 0, kContainer = 1, kNode = 2, kTarget = 3 };
enum class MountPropagation { kPrivate = 0, kHostToContainer = 1, kBidirectional = 2 };
enum class Protocol { kTcp = 0, kUdp = 1, kSctp = 2 };
enum class SandboxState { kReady = 0, kNotReady = 1 };
enum class ContainerState { kCreated = 0, kRunning = 1, kExited = 2, kUnknown = 3 };

struct PortMapping {
  Protocol protocol = Protocol::kTcp;
  int32_t container_port = 0;
  int32_t host_port = 0;
  std::string host_ip;
};

struct DnsConfig {
  std::vector<std::string> servers, searches, options;
};

/// A piece of the host's user and group ids, that a user namespace has as 0, 1, 2 … (IDMapping).
struct IdRange {
  uint32_t host_id = 0, length = 0;
  bool operator==(const IdRange&) const = default;
};

struct NamespaceOptions {
  NamespaceMode network = NamespaceMode::kPod;
  NamespaceMode pid = NamespaceMode::kContainer;
  NamespaceMode ipc = NamespaceMode::kPod;
  std::string target_id = {};      ///< with pid kTarget: the container whose processes are seen
  std::optional<IdRange> users{};  ///< a user namespace of the pod's own; absent: the host's
};

struct SecurityProfile {
  enum class Type { kRuntimeDefault = 0, kUnconfined = 1, kLocalhost = 2 };
  Type type = Type::kRuntimeDefault;
  std::string localhost_ref;
};

struct SELinuxOptions {
  std::string user, role, type, level;
};

/// HugepageLimit.
struct HugepageLimit {
  std::string page_size;  ///< "2MB", "1GB", as the cgroup's files are named
  uint64_t bytes = 0;
  auto operator<=>(const HugepageLimit&) const = default;
};

/// LinuxContainerResources. Zero means unset.
struct Resources {
  int64_t cpu_period = 0;  ///< microseconds
  int64_t cpu_quota = 0;   ///< microseconds per period
  int64_t cpu_shares = 0;
  int64_t memory_limit = 0;       ///< bytes
  int64_t memory_swap_limit = 0;  ///< bytes
  int64_t oom_score_adj = 0;
  std::vector<HugepageLimit> hugepages;
  StringMap unified;  ///< files of cgroup v2 and what is written to them: "memory.high"
  auto operator<=>(const Resources&) const = default;
};

/// PodSandboxConfig.
struct SandboxConfig {
  std::string name, uid, ns;
  uint32_t attempt = 0;
  std::string hostname;
  std::string log_directory;
  std::optional<DnsConfig> dns;
  std::vector<PortMapping> ports;
  StringMap labels, annotations;
  std::string cgroup_parent;
  StringMap sysctls;
  Resources overhead;  ///< of the pod beyond its containers
  NamespaceOptions namespaces;
  bool privileged = false;
  bool readonly_rootfs = false;
  std::optional<int64_t> run_as_user, run_as_group;
  std::vector<int64_t> supplemental_groups;
  bool strict_groups = false;  ///< supplemental_groups_policy Strict: none that the image's /etc/group adds
  std::optional<SecurityProfile> seccomp;
  std::optional<SELinuxOptions> selinux;
  std::string runtime_handler;  ///< RunPodSandboxRequest.runtime_handler, empty = the default
};

struct Mount {
  std::string container_path, host_path;
  bool readonly = false;
  MountPropagation propagation = MountPropagation::kPrivate;
  bool recursive_readonly = false;  ///< and what is mounted below it
  std::optional<IdRange> ids{};     ///< files of these ids of the host are those of 0, 1, 2 … in the container
  /// The root of this image, by a name it has, instead of host_path; containerd has it from 2.1 on.
  std::string image{}, image_sub_path{};
};

struct Device {
  std::string container_path, host_path, permissions;
};

/// ContainerConfig.
struct ContainerConfig {
  std::string name;
  uint32_t attempt = 0;
  std::string image;  ///< id or reference, as ImageStatus gave it
  std::vector<std::string> command, args;
  std::string working_dir;
  std::vector<std::pair<std::string, std::string>> envs;
  std::vector<Mount> mounts;
  std::vector<Device> devices;
  StringMap labels, annotations;
  std::string log_path;  ///< relative to the sandbox's log_directory
  bool stdin_open = false, stdin_once = false, tty = false;
  Resources resources;
  std::vector<std::string> add_capabilities, drop_capabilities;
  bool privileged = false;
  NamespaceOptions namespaces;
  std::optional<int64_t> run_as_user, run_as_group;
  std::string run_as_username;
  bool readonly_rootfs = false;
  std::vector<int64_t> supplemental_groups;
  bool strict_groups = false;
  bool no_new_privs = false;
  std::vector<std::string> masked_paths, readonly_paths;
  std::optional<SecurityProfile> seccomp, apparmor;
  std::optional<SELinuxOptions> selinux;
};

/// PodSandbox (from a list) or PodSandboxStatus (from a status call, which alone knows the addresses).
struct Sandbox {
  std::string id, name, uid, ns;
  uint32_t attempt = 0;
  SandboxState state = SandboxState::kNotReady;
  WallTime created_at{};
  StringMap labels, annotations;
  std::vector<std::string> ips;  ///< primary first; empty in lists
  bool host_network = false;     ///< only in a status
};

/// Container (from a list) or ContainerStatus (from a status call, which alone has times and the exit).
struct Container {
  std::string id;
  std::string sandbox_id;  ///< only in lists: ContainerStatus does not name the sandbox
  std::string name;
  uint32_t attempt = 0;
  ContainerState state = ContainerState::kUnknown;
  std::string image;      ///< as asked for
  std::string image_ref;  ///< as resolved (id or digest)
  WallTime created_at{};
  WallTime started_at{}, finished_at{};  ///< epoch = never
  int32_t exit_code = 0;
  std::string reason, message;
  std::string log_path;
  StringMap labels, annotations;
};

struct Image {
  std::string id;
  std::vector<std::string> repo_tags, repo_digests;
  uint64_t size = 0;
  std::optional<int64_t> uid;  ///< the image's user, when it is a number
  std::string username;        ///< the image's user, when it is a name
  bool pinned = false;         ///< the runtime keeps it, as its sandbox image; containerd tells it from 1.7 on
};

/// AuthConfig: who pulls an image. All of it is secret: nothing of it is ever logged. Either a name and a password, or
/// a token; all empty: nobody.
struct ImageAuth {
  std::string username, password;
  std::string identity_token;  ///< a refresh token, for which the registry's authorisation server gives others
  std::string registry_token;  ///< a bearer token for the registry itself
  auto operator<=>(const ImageAuth&) const = default;
};

/// FilesystemUsage of ImageFsInfo: where images are kept, and what they take there.
struct ImageFilesystem {
  std::string mountpoint;  ///< a directory on that file system
  uint64_t used_bytes = 0;
};

struct Version {
  std::string runtime_name, runtime_version, runtime_api_version;
};

/// RuntimeHandlerFeatures: what a configured handler can.
struct HandlerFeatures {
  bool recursive_read_only_mounts = false, user_namespaces = false;
};

/// What Status(verbose) tells: conditions, and the running configuration from info["config"] (containerd).
struct RuntimeStatus {
  bool runtime_ready = false;
  bool network_ready = false;
  std::string message;                    ///< of the first condition that is false
  std::string sandbox_image;              ///< empty: not told, as by containerd 2.x (cri/images/sandbox_image.h)
  std::vector<std::string> cni_bin_dirs;  ///< in the order in which plugins are looked for
  std::string cni_conf_dir;
  std::string default_runtime;
  bool systemd_cgroup = false;
  bool restrict_oom_score_adj = false;
  std::map<std::string, HandlerFeatures> handlers;  ///< by name, "" is the default one; none: not told (before 2.0)
  std::optional<bool> supplemental_groups_policy;   ///< none: not told
};

// The filters have constructors and are no aggregates on purpose: see agent/base/task.h about GCC 12.
struct SandboxFilter {
  SandboxFilter(std::string only_id = {}, StringMap with_labels = {})
      : id(std::move(only_id)), labels(std::move(with_labels)) {}
  std::string id;
  StringMap labels;
};

struct ContainerFilter {
  ContainerFilter(std::string only_id = {}, std::string of_sandbox = {}, StringMap with_labels = {})
      : id(std::move(only_id)), sandbox_id(std::move(of_sandbox)), labels(std::move(with_labels)) {}
  std::string id, sandbox_id;
  StringMap labels;
};

struct ExecResult {
  std::string out, err;
  int32_t exit_code = 0;
};

class Runtime {
 public:
  virtual ~Runtime() = default;

  virtual Task<Result<Version>> GetVersion() = 0;
  virtual Task<Result<RuntimeStatus>> GetStatus() = 0;

  /// Creates and starts a sandbox; returns its id. Not idempotent: a repeated (name, uid, attempt) is refused.
  virtual Task<Result<std::string>> RunSandbox(SandboxConfig config) = 0;
  virtual Task<Status> StopSandbox(std::string id) = 0;    ///< Idempotent; an unknown id is success.
  virtual Task<Status> RemoveSandbox(std::string id) = 0;  ///< Idempotent; removes its containers by force.
  virtual Task<Result<Sandbox>> SandboxStatus(std::string id) = 0;
  virtual Task<Result<std::vector<Sandbox>>> ListSandboxes(SandboxFilter filter) = 0;

  /// `sandbox` is the configuration the sandbox was run with.
  virtual Task<Result<std::string>> CreateContainer(std::string sandbox_id, ContainerConfig config,
                                                    SandboxConfig sandbox) = 0;
  virtual Task<Status> StartContainer(std::string id) = 0;
  /// Sends the stop signal, waits up to `grace`, then KILL. Returns when the container has ended.
  virtual Task<Status> StopContainer(std::string id, std::chrono::seconds grace) = 0;
  virtual Task<Status> RemoveContainer(std::string id) = 0;  ///< Idempotent.
  /// Changes processor and memory of a container that was created or runs (UpdateContainerResources); what is unset in
  /// `resources` stays as it was. kInternal when the kernel or the runtime refuses, as for less memory than is used;
  /// kNotFound when it is gone or has ended. What was changed before a refusal may stay changed.
  virtual Task<Status> UpdateContainer(std::string id, Resources resources) = 0;
  virtual Task<Result<Container>> ContainerStatus(std::string id) = 0;
  virtual Task<Result<std::vector<Container>>> ListContainers(ContainerFilter filter) = 0;
  virtual Task<Result<ExecResult>> ExecSync(std::string id, std::vector<std::string> command,
                                            std::chrono::seconds timeout) = 0;
  /// Makes a new file at the container's log path and goes on there. Until then the runtime writes to the file it had,
  /// under whatever name that has by now; a few lines may still come there shortly afterwards. kInternal when the
  /// container does not run. Source: containerd pkg/cri/server/container_log_reopen.go.
  virtual Task<Status> ReopenContainerLog(std::string id) = 0;

  /// The image, or kNotFound.
  virtual Task<Result<Image>> ImageStatus(std::string reference) = 0;
  virtual Task<Result<std::vector<Image>>> ListImages() = 0;
  /// Pulls, as `auth`, and returns the image's id. No retry: the caller backs off.
  virtual Task<Result<std::string>> PullImage(std::string reference, ImageAuth auth) = 0;
  /// Removes the image that has this name or id, with all its names. Idempotent; an unknown one is success.
  virtual Task<Status> RemoveImage(std::string reference) = 0;
  /// Where images are kept. kNotFound when the runtime does not tell.
  virtual Task<Result<ImageFilesystem>> ImageFsInfo() = 0;
};

/// An event of the runtime. A hint: what is true is what a list says afterwards.
struct RuntimeEvent {
  enum class Kind {
    kConnected,         ///< The stream is up (again): anything may have been missed, relist.
    kDisconnected,      ///< The stream was lost: until kConnected nothing is heard.
    kContainerStarted,  ///< containerd topic /tasks/start
    kContainerExited,   ///< containerd topic /tasks/exit, of the container's first process
    kContainerOom,      ///< containerd topic /tasks/oom
    kImageChanged,      ///< containerd topics /images/*
  };
  Kind kind = Kind::kConnected;
  std::string container_id;  ///< A container's or a sandbox's id; empty for kConnected.
  int32_t exit_code = 0;
  uint32_t pid = 0;   ///< kContainerStarted: the first process, as the host counts; 0: not told.
  std::string image;  ///< kImageChanged: the reference.
};

/// The runtime's event stream. Reconnects by itself with backoff; each time it is up, kConnected comes first.
class EventSource {
 public:
  virtual ~EventSource() = default;
  /// The next event. Ends only with kCancelled, after the source was stopped.
  virtual Task<Result<RuntimeEvent>> Next() = 0;
};

}  // namespace ordinal::cri
