// What the pods of the node use of a resource, asked when one of them has to go.
#include <sys/stat.h>

#include <map>
#include <utility>

#include "agent/base/log.h"
#include "agent/node/pressure/evictions.h"

namespace ordinal::node {
namespace {

int64_t RequestOf(const api::Container& container, const char* resource) {
  const auto found = container.requests.find(resource);
  return found == container.requests.end() ? 0 : found->second.Value();
}

/// Adds what a container uses to its pod's.
void AddContainer(PodUse& to, const api::Container& container, int64_t use, const char* resource) {
  const int64_t request = RequestOf(container, resource);
  to.containers.push_back({container.name, use, request});
  to.request += request;
}

}  // namespace

Task<std::vector<PodUse>> Evictions::Uses(EvictionSignal signal) {
  std::vector<PodUse> uses;
  for (const api::Ref<api::Pod>& pod : Here()) {
    if (!IsCritical(*pod)) uses.push_back({pod});
  }
  switch (PressureOf(signal)) {
    case Pressure::kMemory: co_await AddMemory(uses); break;
    case Pressure::kDisk: co_await AddStorage(signal, uses); break;
    case Pressure::kPid: co_await AddProcesses(uses); break;
  }
  co_return uses;
}

Task<void> Evictions::AddMemory(std::vector<PodUse>& uses) {
  cri::StringMap ours{{observe::kAgentLabel, parts_.node_name}};
  const auto stats = co_await parts_.stats.ListContainerStats(std::move(ours));
  if (!stats.ok()) {  // nobody goes for what is not known
    log::Warning("what pods use of memory: {}", stats.error().message);
    uses.clear();
    co_return;
  }
  std::map<std::string, std::map<std::string, int64_t>> used;  // by uid and container
  for (const cri::ContainerUsage& each : *stats) {
    const auto uid = each.labels.find(observe::kPodUidLabel);
    if (uid != each.labels.end()) used[uid->second][each.name] += static_cast<int64_t>(each.working_set);
  }
  for (PodUse& use : uses) {
    const auto found = used.find(use.pod->meta.uid);
    use.known = found != used.end();
    for (const api::Container& container : use.pod->spec.containers) {
      AddContainer(use, container, use.known ? found->second[container.name] : 0, "memory");
    }
    if (!use.known) continue;
    for (const auto& [name, bytes] : found->second) use.use += bytes;
  }
}

/// Whether images lie on the file system of the state directory.
Task<bool> Evictions::OneDisk() {
  auto ask = [node = parts_.layout.directories().state, images = image_fs_]() -> Result<bool> {
    struct stat a {
    }, b{};
    if (::stat(node.c_str(), &a) != 0 || ::stat(images.c_str(), &b) != 0) return true;
    return a.st_dev == b.st_dev;
  };
  const Result<bool> one = co_await parts_.pool.Run(std::move(ask));
  co_return !one.ok() || *one;
}

bool Evictions::OfImages(EvictionSignal signal) {
  return signal == EvictionSignal::kImagefsAvailable || signal == EvictionSignal::kImagefsInodesFree;
}

/// Whether there is more of what the signal measures when images and dead containers go.
Task<bool> Evictions::ImagesTakeOf(EvictionSignal signal) {
  if (PressureOf(signal) != Pressure::kDisk) co_return false;
  if (OfImages(signal)) co_return true;
  co_return co_await OneDisk();
}

Task<void> Evictions::AddStorage(EvictionSignal signal, std::vector<PodUse>& uses) {
  const bool of_images = OfImages(signal);
  const bool inodes = ResourceOf(signal) == "inodes";
  const bool one = co_await OneDisk();
  api::Refs<api::Pod> pods;
  for (const PodUse& use : uses) pods.push_back(use.pod);
  const StorageParts which{one || !of_images, one || of_images};
  const std::map<std::string, PodStorage> storage = co_await storage_.Measure(std::move(pods), which);
  for (PodUse& use : uses) {
    const auto found = storage.find(use.pod->meta.uid);
    use.known = found != storage.end();
    if (!use.known) continue;
    use.use = inodes ? found->second.files : found->second.use.Total();
    if (inodes) continue;
    for (const api::Container& container : use.pod->spec.containers) {
      AddContainer(use, container, found->second.use.OfContainer(container.name), "ephemeral-storage");
    }
  }
}

Task<void> Evictions::AddProcesses(std::vector<PodUse>& uses) {
  for (PodUse& use : uses) {
    auto ask = [pod = use.pod, processes = sources_.processes]() -> Result<int64_t> { return processes(*pod); };
    const Result<int64_t> count = co_await parts_.pool.Run(std::move(ask));
    use.known = count.ok() && *count > 0;
    if (use.known) use.use = *count;
  }
}

}  // namespace ordinal::node
