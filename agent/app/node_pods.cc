#include "agent/app/node_pods.h"

#include <utility>

#include "agent/api/kinds/node/view.h"
#include "agent/api/kinds/runtime_class/view.h"
#include "agent/api/quantity.h"
#include "agent/app/api_addresses.h"
#include "agent/app/host.h"
#include "agent/app/node_api_address.h"
#include "agent/app/node_images.h"
#include "agent/base/loops.h"
#include "agent/podsync/cgroups.h"

namespace ordinal {
namespace {

/// The size was checked with the command line.
node::LogLimits LogLimitsOf(const Config& config) {
  node::LogLimits limits;
  const Result<api::Quantity> size = api::Quantity::Parse(config.container_log_max_size);
  if (size.ok()) limits.max_size = size->Value();
  limits.max_files = config.container_log_max_files;
  return limits;
}

}  // namespace

NodePods::NodePods(Parts parts)
    : parts_(std::move(parts)),
      volumes_(volumes::MakePodVolumes(parts_.layout, mounter_, parts_.pool)),
      images_(parts_.executor, parts_.clock, parts_.runtime.calls(), TarballsOf(parts_.runtime.images_folder()),
              static_cast<size_t>(parts_.config.max_parallel_image_pulls)),
      references_(parts_.objects, parts_.clock, parts_.executor),
      tokens_(parts_.objects, parts_.clock, parts_.random, parts_.executor),
      checks_(parts_.clock,
              [this](std::string id, std::vector<std::string> command, std::chrono::seconds timeout) {
                return parts_.runtime.commands().Run(std::move(id), std::move(command), timeout);
              }),
      prober_({parts_.executor, parts_.clock, parts_.pool, parts_.layout, checks_, parts_.recorder}),
      statuses_(parts_.executor, parts_.clock, parts_.objects),
      sync_(MakeServices(), parts_.caches.Of<api::Pod>()),
      logs_({parts_.executor, parts_.clock, parts_.pool, parts_.runtime.calls(), parts_.runtime.view(), parts_.layout},
            LogLimitsOf(parts_.config)) {
  // However a pod's object went: by its node, or at once because nobody granted it time.
  parts_.caches.Of<api::Pod>().OnChange([this](const objects::Change<api::Pod>& change) { statuses_.Follow(change); });
  parts_.caches.Of<api::Node>().OnChange([this](const objects::Change<api::Node>& change) {
    const bool same = change.old && change.now && change.old->allocatable == change.now->allocatable;
    if (!same && change.last()->meta.name == parts_.config.node_name) sync_.NodeChanged();
  });
}

void NodePods::Start(bool systemd_cgroup, bool own_network) {
  sync_.SetSystemdCgroup(systemd_cgroup);
  podsync::RuntimeFeatures features = podsync::FeaturesOf(parts_.runtime.status(), parts_.runtime.version());
  features.apparmor = HasAppArmor();
  sync_.SetFeatures(std::move(features));
  const ApiAddresses api = ApiAddressesOf(parts_.config, HostAddresses());
  sync_.SetApi(own_network ? api.own_network : api.other_network, api.host_network, api.port);
  SpawnLoop(parts_.executor, parts_.clock, "pods", [this] { return RunPods(); });
  SpawnLoop(parts_.executor, parts_.clock, "logs of containers", [this] { return logs_.Run(); });
}

/// Who may run is asked of the Node object.
Task<void> NodePods::RunPods() {
  co_await parts_.caches.Of<api::Node>().WaitSynced();
  co_await sync_.Run();
}

podsync::NodeFacts NodePods::Facts() const {
  const Config& config = parts_.config;
  podsync::NodeFacts node;
  node.node_name = config.node_name;
  node.memory_capacity = MemoryCapacity();
  node.cpu_capacity_milli = CpuCapacityMilli();
  node.swap_capacity = SwapCapacity();
  node.limited_swap = config.swap_behavior == kLimitedSwap;
  node.unified_cgroups = UnifiedCgroups(node.cgroup_root);
  for (const auto& [size, bytes] : Hugepages()) node.hugepages.push_back(size);
  node.host_ips = HostAddresses();
  node.own_ports = OwnPorts(config.api_listen, config.dns_listen, "");
  node.node_api_ports = OwnPorts({}, {}, NodeApiListen(config));
  if (config.restart_backoff == kKubernetesRestarts) node.restart_backoff = podsync::kKubernetesRestartBackoff;
  node.pod_pids_limit =
      config.pod_pids_limit != 0 ? config.pod_pids_limit : podsync::DefaultProcessLimit(node.cgroup_root, "/proc");
  for (const std::string& listen : config.dns_listen) node.dns.cluster_servers.push_back(AddressOf(listen));
  node.dns.cluster_domain = config.cluster_domain;
  node.dns.host = podsync::ParseResolvConf(HostResolvConf());
  node.allowed_unsafe_sysctls = config.allowed_unsafe_sysctls;
  node.seccomp_profiles = parts_.layout.SeccompProfiles();
  return node;
}

podsync::HandlerOf NodePods::Handlers() {
  return [&classes = parts_.caches.Of<api::RuntimeClass>()](const std::string& name) -> Result<std::string> {
    const api::Ref<api::RuntimeClass> found = classes.Find("", name);
    if (found) return found->handler;
    return MakeError(ErrorCode::kNotFound, "no runtime class " + name);
  };
}

podsync::VolumeLookups NodePods::Lookups() {
  podsync::VolumeLookups lookups;
  lookups.claim = [&claims = parts_.caches.Of<api::PersistentVolumeClaim>()](
                      const std::string& ns, const std::string& name) { return claims.Find(ns, name); };
  lookups.volume = [&volumes = parts_.caches.Of<api::PersistentVolume>()](const std::string& name) {
    return volumes.Find("", name);
  };
  return lookups;
}

/// As the Node object says; before there is one, every new pod fits, as for placement.
std::function<api::ResourceList()> NodePods::Allocatable() {
  return [&nodes = parts_.caches.Of<api::Node>(), name = parts_.config.node_name] {
    const api::Ref<api::Node> node = nodes.Find("", name);
    return node ? node->allocatable : api::ResourceList();
  };
}

podsync::Services NodePods::MakeServices() {
  return podsync::Services{
      .executor = parts_.executor,
      .clock = parts_.clock,
      .runtime = parts_.runtime.calls(),
      .states = parts_.runtime.view(),
      .volumes = *volumes_,
      .layout = parts_.layout,
      .images = images_,
      .pool = parts_.pool,
      .node = Facts(),
      .lookups = Lookups(),
      .references = references_,
      .tokens = tokens_,
      .checks = checks_,
      .prober = prober_,
      .reports = statuses_,
      .recorder = parts_.recorder,
      .signal = [this](std::string id, int signal) { return parts_.runtime.commands().Signal(std::move(id), signal); },
      .handler_of = Handlers(),
      .allocatable = Allocatable(),
      .refusal = [this](const api::Pod& pod) { return refusal_ ? refusal_(pod) : podsync::Waiting(); },
      .counts = &counts_,
  };
}

}  // namespace ordinal
