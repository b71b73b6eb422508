#include "agent/app/measured_pods.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "agent/podsync/resources.h"
#include "agent/podsync/volume_specs.h"

namespace ordinal {
namespace {

/// The kubelet's names of the directories of volumes that are made of configuration.
const std::map<std::string, std::string> kPlugins = {{"configMap", "kubernetes.io~configmap"},
                                                     {"secret", "kubernetes.io~secret"},
                                                     {"downwardAPI", "kubernetes.io~downward-api"},
                                                     {"projected", "kubernetes.io~projected"}};

/// What a kubelet counts as a pod's ephemeral storage (Kubernetes: pkg/volume/util.IsLocalEphemeralVolume).
bool Ephemeral(const api::Volume& volume) {
  const bool on_disk = volume.source.empty() || volume.source == "emptyDir";
  return (on_disk && api::ReadString(volume.spec, "medium").empty()) || volume.source == "configMap";
}

/// Nothing for a volume that is another's, or of which nothing is known.
std::optional<metrics::VolumeSubject> SubjectOf(const MeasuredPods& of, const api::Pod& pod,
                                                const api::Volume& volume) {
  metrics::VolumeSubject subject;
  subject.name = volume.name;
  subject.ephemeral = Ephemeral(volume);
  const auto plugin = kPlugins.find(volume.source);
  if (volume.source.empty() || volume.source == "emptyDir") {
    subject.path = of.layout.EmptyDir(pod.meta.uid, volume.name);
  } else if (plugin != kPlugins.end()) {
    subject.path = of.layout.ConfigFiles(pod.meta.uid, plugin->second, volume.name);
  } else if (volume.source == "persistentVolumeClaim") {
    subject.claim = api::ReadString(volume.spec, "claimName");
    const api::Ref<api::PersistentVolumeClaim> claim = of.claims.Find(pod.meta.ns, subject.claim);
    const api::Ref<api::PersistentVolume> bound =
        claim ? of.volumes.Find("", claim->volume_name) : api::Ref<api::PersistentVolume>();
    if (!bound) return std::nullopt;
    const Result<volumes::LocalDirectory> directory = podsync::DirectoryOf(*bound, of.layout);
    if (!directory.ok()) return std::nullopt;
    subject.path = directory->path;
  } else {
    return std::nullopt;
  }
  return subject;
}

std::vector<metrics::ContainerSubject> ContainersOf(const MeasuredPods& of, const api::Pod& pod,
                                                    const observe::PodState& state) {
  std::vector<metrics::ContainerSubject> running;
  const std::string logs = of.layout.PodLogs(pod.meta.ns, pod.meta.name, pod.meta.uid);
  std::set<std::string> seen;  // the newest of each name comes first
  for (const cri::Container& container : state.containers) {
    if (!seen.insert(container.name).second || container.state != cri::ContainerState::kRunning) continue;
    running.push_back(
        {container.name, container.id, container.image, logs + "/" + container.name, container.started_at});
  }
  return running;
}

const char* WordOf(cri::ContainerState state) {
  switch (state) {
    case cri::ContainerState::kCreated: return "created";
    case cri::ContainerState::kRunning: return "running";
    case cri::ContainerState::kExited: return "exited";
    case cri::ContainerState::kUnknown: break;
  }
  return "unknown";
}

}  // namespace

std::vector<metrics::PodSubject> MeasuredPods::Subjects() const {
  std::vector<metrics::PodSubject> subjects;
  pods.ForEach("", [&](const api::Ref<api::Pod>& pod) {
    const observe::PodState& state = runtime.view().Get(pod->meta.uid);
    if (pod->spec.node_name != node || state.sandboxes.empty()) return;
    const cri::Sandbox& sandbox = state.sandboxes.front();
    if (sandbox.state != cri::SandboxState::kReady) return;
    metrics::PodSubject subject;
    subject.uid = pod->meta.uid;
    subject.ns = pod->meta.ns;
    subject.name = pod->meta.name;
    subject.started = pod->status.start_time.value_or(sandbox.created_at);
    subject.cgroup = podsync::CgroupParent(pod->spec, pod->meta.uid, runtime.status().systemd_cgroup);
    subject.sandbox = sandbox.id;
    subject.host_network = pod->spec.host_network;
    subject.containers = ContainersOf(*this, *pod, state);
    for (const api::Volume& volume : pod->spec.volumes) {
      std::optional<metrics::VolumeSubject> of = SubjectOf(*this, *pod, volume);
      if (of) subject.volumes.push_back(std::move(*of));
    }
    subjects.push_back(std::move(subject));
  });
  return subjects;
}

void CountPods(const objects::Cache<api::Pod>& pods, const observe::RuntimeView& view, metrics::AgentFigures& into) {
  pods.ForEach("", [&into](const api::Ref<api::Pod>& pod) {
    if (pod->spec.node_name != into.node) return;
    ++into.desired_pods;
    if (!pod->Terminal()) ++into.active_pods;
  });
  for (const std::string& uid : view.AllUids()) {
    const observe::PodState& state = view.Get(uid);
    for (const cri::Sandbox& sandbox : state.sandboxes) {
      if (sandbox.state != cri::SandboxState::kReady) continue;
      ++into.running_pods;
      break;
    }
    for (const cri::Container& container : state.containers) ++into.containers[WordOf(container.state)];
  }
}

std::vector<metrics::ProbeFigures> ProbesOf(const probes::Prober& prober) {
  std::vector<metrics::ProbeFigures> figures;
  prober.Each([&figures](const probes::CountedProbe& probe) {
    const probes::ProbeCounts& counts = probe.counts;
    figures.push_back({probe.ns, probe.pod, probe.uid, probe.container, api::ToString(probe.kind), counts.passed,
                       counts.failed, counts.unknown, counts.took});
  });
  return figures;
}

}  // namespace ordinal
