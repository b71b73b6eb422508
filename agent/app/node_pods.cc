#include "agent/app/node_pods.h"

#include <utility>

#include "agent/app/host.h"
#include "agent/app/node_images.h"
#include "agent/podsync/cgroups.h"

namespace ordinal {

NodePods::NodePods(Parts parts)
    : parts_(std::move(parts)),
      volumes_(volumes::MakePodVolumes(parts_.layout, mounter_, parts_.pool)),
      images_(parts_.executor, parts_.clock, parts_.runtime.calls(), TarballsOf(parts_.runtime.images_folder())),
      references_(parts_.objects, parts_.clock, parts_.executor),
      statuses_(parts_.executor, parts_.clock, parts_.objects),
      sync_(MakeServices(), parts_.caches.Of<api::Pod>()) {
  // However a pod's object went: by its node, or at once because nobody granted it time.
  parts_.caches.Of<api::Pod>().OnChange([this](const objects::Change<api::Pod>& change) { statuses_.Follow(change); });
}

void NodePods::Start(bool systemd_cgroup) {
  sync_.SetSystemdCgroup(systemd_cgroup);
  Spawn(parts_.executor, "pods", sync_.Run());
}

podsync::NodeFacts NodePods::Facts() const {
  const Config& config = parts_.config;
  podsync::NodeFacts node;
  node.node_name = config.node_name;
  node.memory_capacity = MemoryCapacity();
  node.cpu_capacity_milli = CpuCapacityMilli();
  node.host_ips = HostAddresses();
  node.own_ports = OwnPorts(config.api_listen, config.dns_listen);
  if (config.restart_backoff == kKubernetesRestarts) node.restart_backoff = podsync::kKubernetesRestartBackoff;
  node.pod_pids_limit =
      config.pod_pids_limit != 0 ? config.pod_pids_limit : podsync::DefaultProcessLimit(node.cgroup_root, "/proc");
  for (const std::string& listen : config.dns_listen) node.dns.cluster_servers.push_back(AddressOf(listen));
  node.dns.cluster_domain = config.cluster_domain;
  node.dns.host = podsync::ParseResolvConf(HostResolvConf());
  return node;
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
      .reports = statuses_,
      .recorder = parts_.recorder,
  };
}

}  // namespace ordinal
