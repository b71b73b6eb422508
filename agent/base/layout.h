// Layout: every path the agent uses on disk. Nobody else spells one.
//
//   <state-dir>  /var/lib/ordinald                 0750
//   ├── store.db, store.db.*, store.db-*           the embedded store (agent/store/sqlite/files.h)
//   ├── pki/                                       keys and certificates of the API (agent/apiserver/auth/pki.h)
//   ├── admin.kubeconfig                           0600
//   ├── images/                                    tarballs, imported at start and when dropped in
//   │   └── .imported.json                         which of them were imported (cri/images/import_record.h)
//   ├── seccomp/                                   profiles that pods name (seccompProfile.localhostProfile)
//   ├── ending/<sandbox>                           empty file: that sandbox is being stopped
//   ├── port-chains                                whose portmap's shared chains of the firewall are
//   ├── pulled-images.json                         which images this agent pulled (agent/node/pulled_images.h)
//   └── pods/<uid>/                                all that belongs to one pod; goes with the pod
//       ├── user-namespace                         the host's ids it has (agent/podsync/user_namespaces.h)
//       ├── etc-hosts                              mounted as /etc/hosts
//       ├── allocation.json                        what it was given, once it was resized (agent/podsync/allocations.h)
//       ├── containers/<container>/<hash>          termination log of one container
//       ├── volumes/kubernetes.io~empty-dir/<v>/   an emptyDir: a directory, or a tmpfs mounted here
//       ├── volumes/<plugin>/<v>/                  files of a configMap, secret, downwardAPI or projected volume
//       ├── volume-subpaths/<v>/<container>/<n>    subPath of the container's n-th mount, bind mounted here
//       └── owned/<v>                              empty file: fsGroup was applied to that persistent volume
//
//   <volumes-dir>  /var/lib/ordinald/volumes       persistent: only volumes/reclaim.h deletes below it
//   ├── <namespace>/<claim>/                       one directory per claim
//   ├── <namespace>/<claim>-<uid>/                 the same, where the data of an earlier claim is kept
//   └── _disks/<pdName>/                           an emulated gcePersistentDisk; '_' is in no namespace's name
//
//   <run-dir>  /run/ordinald
//   ├── ordinald.lock                              held while an agent runs
//   ├── ordinald.sock                              the agent's own command socket
//   └── names.json                                 what DNS answered last, for the next start
//
//   /var/log/pods/<ns>_<name>_<uid>/<container>/<restart>.log       CRI log format; rotated parts: log_parts.h
//   /var/log/containers/<pod>_<ns>_<container>-<id>.log             symlink to the former
//
// The names below pods/, /var/log/pods and /var/log/containers are the kubelet's (Kubernetes:
// pkg/kubelet/config/defaults.go, pkg/kubelet/kuberuntime/helpers.go), so log collectors find what they expect.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace ordinal {

/// Absolute paths without a trailing slash.
struct Directories {
  std::string state = "/var/lib/ordinald";
  std::string volumes = "/var/lib/ordinald/volumes";
  std::string run = "/run/ordinald";
  std::string pod_logs = "/var/log/pods";
  std::string container_logs = "/var/log/containers";
};

/// kInvalid unless `name` is one ordinary path component: not empty, ".", "..", over 255 bytes, or with a '/'
/// or NUL in it. `what` names it in the error ("volume name").
Status CheckPathComponent(std::string_view what, std::string_view name);

/// Pure string work; touches no file. Arguments are single path components (see CheckPathComponent): callers
/// whose names come from outside check them first; Claim and Disk, which lead to persistent data, check again.
class Layout {
 public:
  explicit Layout(Directories directories) : directories_(std::move(directories)) {}

  const Directories& directories() const { return directories_; }

  /// Of a state directory of which no more is known.
  static std::string StoreIn(const std::string& state) { return state + "/store.db"; }
  static std::string VolumesIn(const std::string& state) { return state + "/volumes"; }

  std::string Store() const { return StoreIn(directories_.state); }
  std::string Pki() const { return directories_.state + "/pki"; }
  /// The keys that sign service account tokens.
  std::string TokenKeys() const { return Pki() + "/service-account"; }
  std::string AdminKubeconfig() const { return directories_.state + "/admin.kubeconfig"; }
  std::string Images() const { return directories_.state + "/images"; }
  /// Hidden, so that it is no tarball itself.
  static std::string ImportRecordIn(const std::string& images) { return images + "/.imported.json"; }
  std::string SeccompProfiles() const { return directories_.state + "/seccomp"; }
  std::string Ending() const { return directories_.state + "/ending"; }
  std::string PortChains() const { return directories_.state + "/port-chains"; }
  std::string PulledImages() const { return directories_.state + "/pulled-images.json"; }
  std::string Lock() const { return directories_.run + "/ordinald.lock"; }
  std::string Socket() const { return directories_.run + "/ordinald.sock"; }
  std::string KeptNames() const { return directories_.run + "/names.json"; }

  std::string Pods() const { return directories_.state + "/pods"; }
  std::string Pod(std::string_view uid) const;
  std::string EtcHosts(std::string_view uid) const;
  std::string UserNamespace(std::string_view uid) const { return Pod(uid) + "/user-namespace"; }
  std::string PodAllocation(std::string_view uid) const;
  std::string ContainerDirectory(std::string_view uid, std::string_view container) const;
  std::string TerminationLog(std::string_view uid, std::string_view container, std::string_view hash) const;
  /// What a probe ("readiness") of that container has found.
  std::string ProbeState(std::string_view uid, std::string_view container, std::string_view probe) const;
  std::string EmptyDir(std::string_view uid, std::string_view volume) const;
  /// `plugin`: "kubernetes.io~secret".
  std::string ConfigFiles(std::string_view uid, std::string_view plugin, std::string_view volume) const;
  std::string SubPath(std::string_view uid, std::string_view volume, std::string_view container, size_t index) const;
  /// The directory of markers of persistent volumes that fsGroup was applied to for this pod.
  std::string Owned(std::string_view uid) const;
  std::string OwnedMarker(std::string_view uid, std::string_view volume) const;

  /// The directory of a claim, or of an emulated disk. kInvalid for a name that would leave the volumes directory.
  Result<std::string> Claim(std::string_view ns, std::string_view claim) const;
  Result<std::string> Disk(std::string_view pd_name) const;

  /// CRI's PodSandboxConfig.log_directory.
  std::string PodLogs(std::string_view ns, std::string_view name, std::string_view uid) const;
  /// CRI's ContainerConfig.log_path, relative to PodLogs: "<container>/<restart>.log".
  static std::string ContainerLog(std::string_view container, uint32_t restart);
  /// The log of one run of a container: what both of these make.
  std::string ContainerLogFile(std::string_view ns, std::string_view pod, std::string_view uid,
                               std::string_view container, uint32_t restart) const;
  /// The link to it. A name that is too long loses its end, as with a kubelet.
  std::string ContainerLogLink(std::string_view pod, std::string_view ns, std::string_view container,
                               std::string_view id) const;

 private:
  Directories directories_;
};

}  // namespace ordinal
