#include "agent/podsync/steps/container_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/podsync/files.h"
#include "agent/podsync/steps/runtime_class.h"

namespace ordinal::podsync {
namespace {

constexpr char kHostsFile[] = "/etc/hosts";
constexpr size_t kMaxHostsFile = 1 << 20;

cri::MountPropagation ToCri(volumes::Propagation propagation) {
  return static_cast<cri::MountPropagation>(static_cast<int>(propagation));
}

bool MountsPath(const api::Container& container, const std::string& path) {
  return std::any_of(container.mounts.begin(), container.mounts.end(),
                     [&](const api::VolumeMount& mount) { return mount.mount_path == path; });
}

}  // namespace

Task<Status> WriteFiles(StepContext& context, const api::Container& container, uint32_t attempt) {
  const api::Pod* pod = &context.pod;  // lives as long as this coroutine
  const std::string& uid = pod->meta.uid;
  const Layout& layout = context.services.layout;
  const std::string logs = fmt::format("{}/{}", context.sandbox_config.log_directory, container.name);
  const std::string messages = layout.ContainerDirectory(uid, container.name);
  const std::string message = layout.TerminationLog(uid, container.name, fmt::format("{}", attempt));
  const std::string hosts = layout.EtcHosts(uid);
  const bool own_network = !pod->spec.host_network;
  const std::string text =
      own_network ? HostsFile(*pod, context.ips, context.services.node.dns.cluster_domain) : std::string();
  auto write = [=]() -> Status {
    TRYV(MakeDirectories(logs));
    TRYV(MakeDirectories(messages));
    TRYV(WriteFile(message, "", 0666));
    return WriteFile(hosts, own_network ? text : HostNetworkHostsFile(*pod, ReadTail(kHostsFile, kMaxHostsFile)), 0644);
  };
  co_return co_await context.services.pool.Run(std::move(write));
}

Task<Result<std::optional<std::vector<cri::Mount>>>> MountsFor(StepContext& context, const api::Container& container,
                                                               uint32_t attempt) {
  // Once more, now that the pod has an address: a subPathExpr may ask for it.
  CO_TRY(const auto own, MountsOf(context.pod, container, FactsOf(context.services, context.pod, context.ips)));
  std::vector<volumes::MountSpec>& specs = context.volumes.mounts;
  std::erase_if(specs, [&](const volumes::MountSpec& mount) { return mount.container == container.name; });
  specs.insert(specs.end(), own.begin(), own.end());
  CO_TRY(const auto ready, co_await context.services.volumes.MountContainer(context.volumes, container.name));
  std::vector<cri::Mount> mounts;
  size_t next = 0;  // of `ready`, which has them in the same order without those of images
  for (const api::VolumeMount& mount : container.mounts) {
    if (IsImageVolume(context.pod.spec, mount.name)) {
      CO_TRY(std::optional<cri::Mount> image, co_await ImageMountFor(context, container, mount));
      if (!image) co_return std::optional<std::vector<cri::Mount>>();
      mounts.push_back(std::move(*image));
    } else if (next < ready.size()) {
      const volumes::ReadyMount& own_mount = ready[next++];
      cri::Mount out{own_mount.container_path, own_mount.host_path, own_mount.read_only, ToCri(own_mount.propagation)};
      CO_TRY(out.recursive_readonly, IsRecursivelyReadOnly(context, mount));
      mounts.push_back(std::move(out));
    }
  }
  const std::string& uid = context.pod.meta.uid;
  const Layout& layout = context.services.layout;
  if (!MountsPath(container, kHostsFile)) mounts.push_back({kHostsFile, layout.EtcHosts(uid)});
  const std::string& messages = container.termination_message_path;
  if (!messages.empty() && !MountsPath(container, messages)) {
    mounts.push_back({messages, layout.TerminationLog(uid, container.name, fmt::format("{}", attempt))});
  }
  co_return std::optional<std::vector<cri::Mount>>(std::move(mounts));
}

}  // namespace ordinal::podsync
