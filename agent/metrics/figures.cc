#include "agent/metrics/figures.h"

#include <algorithm>
#include <utility>

#include "agent/base/kernel_file.h"
#include "agent/metrics/cadvisor_metrics.h"
#include "agent/metrics/meter.h"
#include "agent/metrics/resource_metrics.h"
#include "agent/metrics/within.h"
#include "agent/observe/pod_state.h"

namespace ordinal::metrics {
namespace {

/// A question to the runtime: who scrapes waits for ten seconds at most, as a rule.
constexpr Duration kRuntimePatience = std::chrono::seconds(3);
/// Of /proc/cpuinfo, bytes: one processor may have 2 KiB.
constexpr size_t kMostCpuInfo = 16 * 1024 * 1024;

Machine MachineOf(const std::string& proc) {
  return ReadMachine(ReadKernelFile(proc + "/cpuinfo", kMostCpuInfo), ReadKernelFile(proc + "/meminfo"));
}

SteadyTime TimeOf(const CpuCounters& counters) {
  const auto node = counters.find("/");
  return node == counters.end() ? SteadyTime() : node->second.at;
}

std::vector<DiskWish> WishesFor(const SummarySubject& subject, const Depth& depth, const std::string& node_disk,
                                const std::string& images) {
  std::vector<DiskWish> wishes{{node_disk, 0, true, false}};
  if (!images.empty()) wishes.push_back({images, 0, true, false});
  for (DiskWish& wish : DiskWishesOf(subject.pods, depth)) wishes.push_back(std::move(wish));
  return wishes;
}

}  // namespace

BlockingPool& Figures::Thread() {
  if (!thread_) thread_.emplace(1);
  return *thread_;
}

Task<Result<std::string>> Figures::Agent() {
  Depth depth;
  depth.cgroups = Cgroups::Part::kNothing;
  depth.network = false;
  depth.logs = depth.volumes = true;
  auto measure = [places = sources_.places, &clock = clock_, depth,
                  subjects = sources_.pods()]() mutable -> Result<std::vector<PodUse>> {
    // Of the pods' own volumes nothing is told here.
    for (PodSubject& pod : subjects) {
      std::erase_if(pod.volumes, [](const VolumeSubject& volume) { return volume.claim.empty(); });
    }
    return MeasurePods(std::move(subjects), depth, places, clock);
  };
  CO_TRY(std::vector<PodUse> pods, co_await Thread().Run(std::move(measure)));
  std::vector<DiskWish> wishes = DiskWishesOf(pods, depth);
  const DiskUses uses = co_await disks_.Look(std::move(wishes));
  AddDiskUses(uses, pods);
  auto write = [places = sources_.places, figures = sources_.agent(),
                pods = std::move(pods)]() mutable -> Result<std::string> {
    figures.unified_cgroups = Cgroups(places.cgroups).unified();
    return AgentMetrics(figures, MeasureProcess(places.proc), pods);
  };
  co_return co_await Thread().Run(std::move(write));
}

Task<Result<std::string>> Figures::Resource() {
  Depth depth;
  depth.cgroups = Cgroups::Part::kCpuAndMemory;
  depth.network = false;
  auto write = [places = sources_.places, &clock = clock_, depth,
                subjects = sources_.pods()]() mutable -> Result<std::string> {
    const Result<HostUse> host = MeasureHost(places.proc, clock.Now());
    const std::vector<PodUse> pods = MeasurePods(std::move(subjects), depth, places, clock);
    return ResourceMetrics(host.ok() ? std::optional(*host) : std::nullopt, pods);
  };
  co_return co_await Thread().Run(std::move(write));
}

Task<Result<std::string>> Figures::Cadvisor() {
  std::optional<WrittenById> told = co_await Written();
  auto write = [places = sources_.places, &clock = clock_, answers = told.has_value(),
                written = std::move(told).value_or(WrittenById()),
                subjects = sources_.pods()]() mutable -> Result<std::string> {
    TRY(const HostUse host, MeasureHost(places.proc, clock.Now()));
    const std::vector<PodUse> pods = MeasurePods(std::move(subjects), Depth(), places, clock);
    const Machine machine = MachineOf(places.proc);
    return CadvisorMetrics({host, machine, pods, written, answers});
  };
  co_return co_await Thread().Run(std::move(write));
}

Task<Result<std::string>> Figures::Probes() {
  auto write = [probes = sources_.probes()]() -> Result<std::string> { return ProbeMetrics(probes); };
  co_return co_await Thread().Run(std::move(write));
}

Task<Result<std::string>> Figures::Summary(bool only_cpu_and_memory) {
  Duration age = clock_.Steady() - TimeOf(last_);
  if (last_.empty() || age > kLongestWindow) {
    CO_TRY(const SummarySubject first, co_await Look(/*only_cpu_and_memory=*/true));
    last_ = CountersOf(first.host, first.pods);
    before_last_.clear();
    age = clock_.Steady() - TimeOf(last_);
  }
  if (before_last_.empty()) {
    const Duration wait = std::clamp(kShortestWindow - age, Duration::zero(), kShortestWindow);
    co_await Sleep(clock_, wait);
  }
  CO_TRY(SummarySubject subject, co_await Look(only_cpu_and_memory));
  CpuCounters now = CountersOf(subject.host, subject.pods);
  // Who asks soon after another one gets rates since the time before.
  if (TimeOf(now) - TimeOf(last_) >= kShortestWindow) before_last_ = std::exchange(last_, std::move(now));
  subject.before = before_last_;
  auto write = [subject = std::move(subject), only_cpu_and_memory]() -> Result<std::string> {
    return metrics::Summary(subject, only_cpu_and_memory).dump();
  };
  co_return co_await Thread().Run(std::move(write));
}

/// Nothing when the runtime does not answer in time.
Task<std::optional<WrittenById>> Figures::Written() {
  cri::StringMap ours{{observe::kAgentLabel, sources_.node}};
  Task<Result<std::vector<cri::ContainerUsage>>> asked = sources_.stats.ListContainerStats(std::move(ours));
  const auto usages = co_await Within(clock_, kRuntimePatience, "figures of containers", std::move(asked));
  if (!usages || !usages->ok()) co_return std::nullopt;
  WrittenById written;
  for (const cri::ContainerUsage& usage : **usages) {
    if (usage.written_bytes) written[usage.id] = {*usage.written_bytes, usage.written_inodes};
  }
  co_return written;
}

/// What the runtime knows, and where its images are; empty: it does not say.
Task<std::string> Figures::AskRuntime(SummarySubject& subject) {
  std::optional<WrittenById> written = co_await Written();
  if (!written) co_return std::string();  // nor does it answer another question
  subject.written = std::move(*written);
  Task<Result<cri::ImageFilesystem>> asked = sources_.images();
  const auto told = co_await Within(clock_, kRuntimePatience, "figures of images", std::move(asked));
  if (!told || !told->ok()) co_return std::string();
  subject.disks.images_bytes = (*told)->used_bytes;
  co_return (*told)->mountpoint;
}

Task<Result<SummarySubject>> Figures::Look(bool only_cpu_and_memory) {
  SummarySubject subject;
  subject.node = sources_.node;
  std::string images;
  if (!only_cpu_and_memory) images = co_await AskRuntime(subject);
  Depth depth;
  if (only_cpu_and_memory) depth.cgroups = Cgroups::Part::kCpuAndMemory;
  depth.network = depth.logs = depth.volumes = !only_cpu_and_memory;
  auto measure = [places = sources_.places, &clock = clock_, depth, subject = std::move(subject),
                  subjects = sources_.pods()]() mutable -> Result<SummarySubject> {
    TRY(subject.host, MeasureHost(places.proc, clock.Now()));
    subject.host.steady = clock.Steady();
    subject.pods = MeasurePods(std::move(subjects), depth, places, clock);
    return std::move(subject);
  };
  CO_TRY(SummarySubject found, co_await Thread().Run(std::move(measure)));
  if (!only_cpu_and_memory) co_await AddDisks(found, depth, images);
  co_return found;
}

Task<void> Figures::AddDisks(SummarySubject& subject, const Depth& depth, const std::string& images) {
  std::vector<DiskWish> wishes = WishesFor(subject, depth, sources_.node_disk, images);
  const DiskUses uses = co_await disks_.Look(std::move(wishes));
  AddDiskUses(uses, subject.pods);
  if (const auto node = uses.find(sources_.node_disk); node != uses.end()) {
    subject.disks.node = node->second.filesystem;
  }
  if (const auto of_images = uses.find(images); of_images != uses.end()) {
    subject.disks.images = of_images->second.filesystem;
  }
}

}  // namespace ordinal::metrics
