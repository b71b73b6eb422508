#include "agent/base/layout.h"

#include <fmt/format.h>

#include <algorithm>

namespace ordinal {
namespace {

constexpr size_t kNameMax = 255;  // NAME_MAX of every file system in use
constexpr std::string_view kLinkSuffix = ".log";

}  // namespace

Status CheckPathComponent(std::string_view what, std::string_view name) {
  const bool plain = !name.empty() && name != "." && name != ".." && name.size() <= kNameMax &&
                     name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
  if (plain) return {};
  return MakeError(ErrorCode::kInvalid,
                   fmt::format("{} \"{}\" cannot name a directory: it must be 1 to 255 bytes without '/', and "
                               "neither \".\" nor \"..\"",
                               what, name));
}

std::string Layout::Pod(std::string_view uid) const { return fmt::format("{}/pods/{}", directories_.state, uid); }

std::string Layout::EtcHosts(std::string_view uid) const { return Pod(uid) + "/etc-hosts"; }

std::string Layout::PodAllocation(std::string_view uid) const { return Pod(uid) + "/allocation.json"; }

std::string Layout::ContainerDirectory(std::string_view uid, std::string_view container) const {
  return fmt::format("{}/containers/{}", Pod(uid), container);
}

std::string Layout::TerminationLog(std::string_view uid, std::string_view container, std::string_view hash) const {
  return fmt::format("{}/{}", ContainerDirectory(uid, container), hash);
}

std::string Layout::ProbeState(std::string_view uid, std::string_view container, std::string_view probe) const {
  return fmt::format("{}/probes/{}-{}", Pod(uid), container, probe);
}

std::string Layout::ConfigFiles(std::string_view uid, std::string_view plugin, std::string_view volume) const {
  return fmt::format("{}/volumes/{}/{}", Pod(uid), plugin, volume);
}

std::string Layout::EmptyDir(std::string_view uid, std::string_view volume) const {
  return fmt::format("{}/volumes/kubernetes.io~empty-dir/{}", Pod(uid), volume);
}

std::string Layout::SubPath(std::string_view uid, std::string_view volume, std::string_view container,
                            size_t index) const {
  return fmt::format("{}/volume-subpaths/{}/{}/{}", Pod(uid), volume, container, index);
}

std::string Layout::Owned(std::string_view uid) const { return Pod(uid) + "/owned"; }

std::string Layout::OwnedMarker(std::string_view uid, std::string_view volume) const {
  return fmt::format("{}/{}", Owned(uid), volume);
}

Result<std::string> Layout::Claim(std::string_view ns, std::string_view claim) const {
  TRYV(CheckPathComponent("namespace", ns));
  TRYV(CheckPathComponent("claim name", claim));
  if (ns.front() == '_') {  // would reach into _disks
    return MakeError(ErrorCode::kInvalid, fmt::format("namespace \"{}\" must not begin with '_'", ns));
  }
  return fmt::format("{}/{}/{}", directories_.volumes, ns, claim);
}

Result<std::string> Layout::Disk(std::string_view pd_name) const {
  TRYV(CheckPathComponent("pdName", pd_name));
  return fmt::format("{}/_disks/{}", directories_.volumes, pd_name);
}

std::string Layout::PodLogs(std::string_view ns, std::string_view name, std::string_view uid) const {
  return fmt::format("{}/{}_{}_{}", directories_.pod_logs, ns, name, uid);
}

std::string Layout::ContainerLog(std::string_view container, uint32_t restart) {
  return fmt::format("{}/{}.log", container, restart);
}

std::string Layout::ContainerLogFile(std::string_view ns, std::string_view pod, std::string_view uid,
                                     std::string_view container, uint32_t restart) const {
  return PodLogs(ns, pod, uid) + "/" + ContainerLog(container, restart);
}

std::string Layout::ContainerLogLink(std::string_view pod, std::string_view ns, std::string_view container,
                                     std::string_view id) const {
  std::string name = fmt::format("{}_{}_{}-{}", pod, ns, container, id);
  // Cut as the kubelet cuts it (pkg/kubelet/kuberuntime/legacy.go).
  name.resize(std::min(name.size(), kNameMax - kLinkSuffix.size()));
  return fmt::format("{}/{}{}", directories_.container_logs, name, kLinkSuffix);
}

}  // namespace ordinal
