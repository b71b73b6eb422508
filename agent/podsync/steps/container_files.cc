#include "agent/podsync/steps/container_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/podsync/files.h"

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

Task<Result<std::vector<cri::Mount>>> MountsFor(StepContext& context, const api::Container& container,
                                                uint32_t attempt) {
  // Once more, now that the pod has an address: a subPathExpr may ask for it.
  CO_TRY(const auto own, MountsOf(context.pod, container, FactsOf(context.services, context.ips)));
  std::vector<volumes::MountSpec>& specs = context.volumes.mounts;
  std::erase_if(specs, [&](const volumes::MountSpec& mount) { return mount.container == container.name; });
  specs.insert(specs.end(), own.begin(), own.end());
  CO_TRY(const auto ready, co_await context.services.volumes.MountContainer(context.volumes, container.name));
  std::vector<cri::Mount> mounts;
  for (const volumes::ReadyMount& mount : ready) {
    mounts.push_back({mount.container_path, mount.host_path, mount.read_only, ToCri(mount.propagation)});
  }
  const std::string& uid = context.pod.meta.uid;
  const Layout& layout = context.services.layout;
  if (!MountsPath(container, kHostsFile)) mounts.push_back({kHostsFile, layout.EtcHosts(uid)});
  const std::string& messages = container.termination_message_path;
  if (!messages.empty() && !MountsPath(container, messages)) {
    mounts.push_back({messages, layout.TerminationLog(uid, container.name, fmt::format("{}", attempt))});
  }
  co_return mounts;
}

}  // namespace ordinal::podsync
