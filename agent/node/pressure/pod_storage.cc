#include "agent/node/pressure/pod_storage.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "agent/base/disk_use.h"
#include "agent/base/log.h"
#include "agent/observe/pod_state.h"

namespace ordinal::node {
namespace {

constexpr int64_t kEntriesAJob = 5'000;  // of the pool, which others wait for: some 10 ms
constexpr int64_t kRest = 100;           // times as long as a walk took
constexpr Duration kLongestRest = std::chrono::minutes(5);

/// What is to be walked: a directory for each name.
struct Places {
  std::vector<std::pair<std::string, std::string>> volumes, logs;
  std::map<std::string, int64_t> enough;  ///< by volume: what is counted no further
};

Places PlacesOf(const api::Pod& pod, const StorageLimits& limits, const Layout& layout, bool everything) {
  Places places;
  const bool all = everything || limits.pod > 0;
  const auto limited = [&](const std::string& name) -> const StorageLimit* {
    const auto found = std::find_if(limits.volumes.begin(), limits.volumes.end(),
                                    [&](const StorageLimit& each) { return each.name == name; });
    return found == limits.volumes.end() ? nullptr : &*found;
  };
  for (const std::string& name : limits.disk) {
    const StorageLimit* limit = limited(name);
    if (!all && limit == nullptr) continue;
    places.volumes.emplace_back(name, layout.EmptyDir(pod.meta.uid, name));
    if (!everything) places.enough[name] = limit != nullptr ? limit->bytes : limits.pod;
  }
  if (!all) return places;
  const std::string logs = layout.PodLogs(pod.meta.ns, pod.meta.name, pod.meta.uid);
  for (const auto* list : {&pod.spec.init_containers, &pod.spec.containers, &pod.spec.ephemeral_containers}) {
    for (const api::Container& container : *list) places.logs.emplace_back(container.name, logs + "/" + container.name);
  }
  return places;
}

/// All places of a pod, one after another, in parts.
class PlacesWalk {
 public:
  explicit PlacesWalk(const Places& places) {
    for (const auto& [name, path] : places.volumes) {
      DiskUseBounds bounds;
      const auto enough = places.enough.find(name);
      if (enough != places.enough.end()) bounds.enough = enough->second;
      walks_.push_back({DiskUseWalk(path, bounds), &out_.use.volumes[name]});
    }
    for (const auto& [name, path] : places.logs) {
      walks_.push_back({DiskUseWalk(path, DiskUseBounds()), &out_.use.logs[name]});
    }
  }
  PlacesWalk(const PlacesWalk&) = delete;
  PlacesWalk& operator=(const PlacesWalk&) = delete;

  /// Blocks. Looks at `entries` more at most; true when all is counted. A directory that cannot be read counts as
  /// empty, which is said.
  bool GoOn(int64_t entries) {
    while (next_ < walks_.size() && entries > 0) {
      One& one = walks_[next_];
      const int64_t before = one.walk.entries();
      const Result<bool> over = one.walk.GoOn(entries);
      entries -= one.walk.entries() - before;
      if (!over.ok()) log::Warning("measuring what pods take of the disk: {}", over.error().message);
      if (over.ok() && !*over) continue;
      if (over.ok()) *one.bytes = one.walk.size().bytes;
      if (over.ok()) out_.files += one.walk.size().files;
      ++next_;
    }
    return next_ == walks_.size();
  }
  const PodStorage& counted() const { return out_; }

 private:
  struct One {
    DiskUseWalk walk;
    int64_t* bytes;  ///< in out_, where entries of maps stay in place
  };
  PodStorage out_;
  std::vector<One> walks_;
  size_t next_ = 0;
};

}  // namespace

Task<PodStorage> PodStorageMeter::Walk(api::Ref<api::Pod> pod, StorageLimits limits, bool everything) {
  const auto walk = std::make_shared<PlacesWalk>(PlacesOf(*pod, limits, parts_.layout, everything));
  bool over = false;
  while (!over) {
    auto work = [walk]() -> Result<bool> { return walk->GoOn(kEntriesAJob); };
    const Result<bool> went = co_await parts_.pool.Run(std::move(work));
    if (!went.ok()) co_return PodStorage();
    over = *went;
  }
  co_return walk->counted();
}

Task<PodStorageMeter::Layers> PodStorageMeter::AskLayers() {
  Layers layers;
  cri::StringMap ours{{observe::kAgentLabel, parts_.node}};
  const auto usage = co_await parts_.stats.ListContainerStats(std::move(ours));
  if (!usage.ok()) co_return layers;
  for (const cri::ContainerUsage& each : *usage) {
    const auto uid = each.labels.find(observe::kPodUidLabel);
    if (uid != each.labels.end())
      layers[uid->second][each.name] += static_cast<int64_t>(each.written_bytes.value_or(0));
  }
  co_return layers;
}

Task<std::vector<std::pair<api::Ref<api::Pod>, std::string>>> PodStorageMeter::OverLimits(api::Refs<api::Pod> pods) {
  std::vector<std::pair<api::Ref<api::Pod>, std::string>> out;
  std::map<std::string, SteadyTime> next;
  std::optional<Layers> layers;
  for (const api::Ref<api::Pod>& pod : pods) {
    const StorageLimits limits = StorageLimitsOf(*pod);
    if (!limits.any()) continue;
    const std::string uid = pod->meta.uid;
    const auto later = next_.find(uid);
    const SteadyTime began = parts_.clock.Steady();
    if (later != next_.end() && began < later->second) {
      next.insert(*later);
      continue;
    }
    PodStorage storage = co_await Walk(pod, limits, /*everything=*/false);
    const Duration took = parts_.clock.Steady() - began;
    next[uid] = began + std::min(took * kRest, kLongestRest);
    if (limits.pod > 0) {
      if (!layers) layers = co_await AskLayers();
      const auto found = layers->find(uid);
      if (found != layers->end()) storage.use.layers = found->second;
    }
    std::string excess = StorageExcess(limits, storage.use);
    if (!excess.empty()) out.emplace_back(pod, std::move(excess));
  }
  next_ = std::move(next);
  co_return out;
}

Task<std::map<std::string, PodStorage>> PodStorageMeter::Measure(api::Refs<api::Pod> pods, StorageParts which) {
  std::map<std::string, PodStorage> out;
  Layers layers;
  if (which.layers) layers = co_await AskLayers();
  for (const api::Ref<api::Pod>& pod : pods) {
    const std::string uid = pod->meta.uid;
    StorageLimits limits = StorageLimitsOf(*pod);
    if (which.files) out[uid] = co_await Walk(pod, std::move(limits), /*everything=*/true);
    const auto found = layers.find(uid);
    if (found != layers.end()) out[uid].use.layers = found->second;
  }
  co_return out;
}

}  // namespace ordinal::node
