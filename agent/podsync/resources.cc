#include "agent/podsync/resources.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace ordinal::podsync {
namespace {

constexpr int64_t kMinShares = 2;
constexpr int64_t kMaxShares = 262144;
constexpr int64_t kSharesPerCpu = 1024;
constexpr int64_t kPageSize = 4096;
constexpr std::string_view kHugepages = "hugepages-";
constexpr int64_t kQuotaPeriod = 100'000;  // microseconds
constexpr int64_t kMinQuota = 1'000;       // microseconds, the kernel's own minimum

const api::Quantity* Find(const api::ResourceList& list, const std::string& name) {
  const auto found = list.find(name);
  return found == list.end() ? nullptr : &found->second;
}

/// A container's limit; without one, that of the whole pod (pkg/kubelet/kuberuntime, getCPULimit, getMemoryLimit).
const api::Quantity* LimitOf(const api::PodSpec& spec, const api::Container& container, const std::string& name) {
  const api::Quantity* own = Find(container.limits, name);
  return own != nullptr ? own : Find(spec.limits, name);
}

/// A container's request; a limit alone counts as the request too.
const api::Quantity* Request(const api::Container& container, const std::string& name) {
  const api::Quantity* request = Find(container.requests, name);
  return request != nullptr ? request : Find(container.limits, name);
}

const api::Quantity* MemoryRequest(const api::PodSpec& spec, const api::Container& container) {
  const api::Quantity* own = Request(container, "memory");
  return own != nullptr ? own : Find(spec.requests, "memory");
}

/// Of a container without a request of its own, in a pod that has one as a whole, what the others leave of it is shared
/// (pkg/kubelet/qos/policy.go, GetContainerOOMScoreAdjust).
int64_t OomMemory(const api::PodSpec& spec, const api::Container& container) {
  const api::Quantity* own = Request(container, "memory");
  const api::Quantity* whole = Find(spec.requests, "memory");
  if (whole == nullptr) return own == nullptr ? 0 : own->Value();
  int64_t asked = 0;
  for (const api::Container& each : spec.containers) {
    if (const api::Quantity* request = Request(each, "memory")) asked += request->Value();
  }
  const int64_t left = std::max<int64_t>(0, whole->Value() - asked);
  const int64_t share = left / static_cast<int64_t>(std::max<size_t>(1, spec.containers.size()));
  return (own == nullptr ? 0 : own->Value()) + share;
}

int64_t OomScoreAdjust(const api::PodSpec& spec, const api::Container& container, int64_t capacity) {
  constexpr int64_t kGuaranteed = -997;
  if (spec.priority_class == "system-node-critical") return kGuaranteed;  // the last to be killed
  const std::string qos = api::QosClass(spec);
  if (qos == "Guaranteed") return kGuaranteed;
  if (qos == "BestEffort") return 1000;
  const int64_t adjust = 1000 - (capacity > 0 ? 1000 * OomMemory(spec, container) / capacity : 0);
  return std::clamp<int64_t>(adjust, 2, 999);
}

/// memory.high of a container of a Burstable pod: from there on it is slowed down and its memory reclaimed, before it
/// is killed at its limit (kubelet feature MemoryQoS, memoryThrottlingFactor 0.9). Said also where there is none: a
/// runtime that updates a container keeps what it is not told.
void AddMemoryHigh(const api::PodSpec& spec, const api::Container& container, const MemoryFacts& node,
                   cri::Resources& out) {
  if (!node.unified) return;
  std::string& file = out.unified["memory.high"];
  file = "max";
  if (api::QosClass(spec) != "Burstable") return;
  const api::Quantity* request = MemoryRequest(spec, container);
  const int64_t least = request == nullptr ? 0 : request->Value();
  const int64_t most = out.memory_limit > 0 ? out.memory_limit : node.capacity;
  if (most <= least || (request == nullptr && out.memory_limit == 0)) return;
  const int64_t high = least + (most - least) / 10 * 9 + (most - least) % 10 * 9 / 10;
  file = fmt::format("{}", high / kPageSize * kPageSize);
}

/// A product that may be larger than 64 bits hold.
int64_t Share(int64_t part, int64_t whole, int64_t of) {
  if (whole <= 0) return 0;
  __extension__ typedef __int128 Wide;
  return static_cast<int64_t>(static_cast<Wide>(part) * of / whole);
}

/// Without LimitedSwap no container may swap; with it those of Burstable pods may, as much of the node's swap as they
/// ask of its memory, but for those whose limit is their request (MaySwap). A kernel that keeps no account of swap has
/// no memory.swap.max: a node without swap is not asked.
void AddSwap(const api::PodSpec& spec, const api::Container& container, const MemoryFacts& node, cri::Resources& out) {
  const api::Quantity* request = Request(container, "memory");
  const int64_t swap = MaySwap(spec, container, node) ? Share(request->Value(), node.capacity, node.swap) : 0;
  if (out.memory_limit > 0) out.memory_swap_limit = out.memory_limit + swap;
  if (node.unified && node.swap > 0 && out.memory_limit == 0) {
    out.unified["memory.swap.max"] = fmt::format("{}", swap);
  }
}

/// "2MB" of 2 Mi, as the files of the controller hugetlb are named.
std::string HugepageName(int64_t bytes) {
  constexpr int64_t kKi = 1024;
  for (const char* unit : {"KB", "MB"}) {
    bytes /= kKi;
    if (bytes < kKi) return fmt::format("{}{}", bytes, unit);
  }
  return fmt::format("{}GB", bytes / kKi);
}

/// Bytes in huge pages of one size; absent: the list has none of it.
std::optional<uint64_t> HugepagesIn(const api::ResourceList& limits, int64_t size) {
  for (const auto& [name, quantity] : limits) {
    if (!name.starts_with(kHugepages)) continue;
    const auto of = api::Quantity::Parse(name.substr(kHugepages.size()));
    if (of.ok() && of->Value() == size) return static_cast<uint64_t>(quantity.Value());
  }
  return std::nullopt;
}

/// A size that neither the container nor the pod as a whole has a limit of is not to be used by it.
void AddHugepages(const api::PodSpec& spec, const api::Container& container, const MemoryFacts& node,
                  cri::Resources& out) {
  for (const int64_t size : node.hugepages) {
    const std::optional<uint64_t> own = HugepagesIn(container.limits, size);
    out.hugepages.push_back({HugepageName(size), own ? *own : HugepagesIn(spec.limits, size).value_or(0)});
  }
}

}  // namespace

bool MaySwap(const api::PodSpec& spec, const api::Container& container, const MemoryFacts& node) {
  if (!node.limited_swap || !node.unified) return false;
  if (api::QosClass(spec) != "Burstable" || api::PriorityOf(spec) >= api::kCriticalPriority) return false;
  const api::Quantity* request = Request(container, "memory");
  if (request == nullptr || request->Value() > node.capacity) return false;
  const api::Quantity* limit = Find(container.limits, "memory");  // its own: the pod's is that of all containers
  return limit == nullptr || limit->Value() != request->Value();
}

bool ResizesWhatSwaps(const api::PodSpec& now, const api::PodSpec& before, const MemoryFacts& node) {
  const auto asked = [](const api::Container& container) {
    const api::Quantity* request = Request(container, "memory");
    return request == nullptr ? api::Quantity() : *request;
  };
  const auto changes = [&](const std::vector<api::Container>& wanted, const std::vector<api::Container>& had) {
    for (size_t i = 0; i < wanted.size() && i < had.size(); ++i) {
      if (wanted[i].restarts_for_memory || asked(wanted[i]) == asked(had[i])) continue;
      if (MaySwap(now, wanted[i], node) || MaySwap(before, had[i], node)) return true;
    }
    return false;
  };
  return changes(now.containers, before.containers) || changes(now.init_containers, before.init_containers);
}

int64_t CpuShares(int64_t milli) {
  if (milli == 0) return kMinShares;
  return std::clamp(milli * kSharesPerCpu / 1000, kMinShares, kMaxShares);
}

int64_t CpuQuota(int64_t milli) { return std::max(kMinQuota, milli * kQuotaPeriod / 1000); }

int64_t CpuWeight(int64_t shares) { return 1 + (shares - kMinShares) * 9999 / (kMaxShares - kMinShares); }

cri::Resources ContainerResources(const api::PodSpec& spec, const api::Container& container, const MemoryFacts& node) {
  cri::Resources out;
  const api::Quantity* cpu = Request(container, "cpu");
  out.cpu_shares = CpuShares(cpu == nullptr ? 0 : cpu->MilliValue());
  out.cpu_period = kQuotaPeriod;
  if (const api::Quantity* limit = LimitOf(spec, container, "cpu"); limit != nullptr && !limit->IsZero()) {
    out.cpu_quota = CpuQuota(limit->MilliValue());
  }
  if (const api::Quantity* limit = LimitOf(spec, container, "memory"); limit != nullptr) {
    out.memory_limit = limit->Value();
  }
  AddSwap(spec, container, node, out);
  AddMemoryHigh(spec, container, node, out);
  AddHugepages(spec, container, node, out);
  out.oom_score_adj = OomScoreAdjust(spec, container, node.capacity);
  return out;
}

cri::Resources OverheadResources(const api::PodSpec& spec) {
  cri::Resources out;
  if (spec.overhead.empty()) return out;
  const api::Quantity* cpu = Find(spec.overhead, "cpu");
  out.cpu_shares = CpuShares(cpu == nullptr ? 0 : cpu->MilliValue());
  out.cpu_period = kQuotaPeriod;
  if (cpu != nullptr && !cpu->IsZero()) out.cpu_quota = CpuQuota(cpu->MilliValue());
  if (const api::Quantity* memory = Find(spec.overhead, "memory"); memory != nullptr) {
    out.memory_limit = memory->Value();
  }
  return out;
}

std::string CgroupParent(const api::PodSpec& spec, const std::string& uid, bool systemd_cgroup) {
  const std::string qos = api::QosClass(spec);
  const std::string level = qos == "Guaranteed" ? "" : qos == "Burstable" ? "burstable" : "besteffort";
  if (!systemd_cgroup) return fmt::format("/kubepods{}/pod{}", level.empty() ? "" : "/" + level, uid);
  std::string slice_uid = uid;
  std::replace(slice_uid.begin(), slice_uid.end(), '-', '_');
  if (level.empty()) return fmt::format("/kubepods.slice/kubepods-pod{}.slice", slice_uid);
  return fmt::format("/kubepods.slice/kubepods-{0}.slice/kubepods-{0}-pod{1}.slice", level, slice_uid);
}

Result<std::string> ResourceFieldValue(const api::Container& container, const std::string& resource,
                                       const std::string& divisor, int64_t memory_capacity,
                                       int64_t cpu_capacity_milli) {
  const size_t dot = resource.find('.');
  const std::string list = resource.substr(0, dot);
  const std::string name = dot == std::string::npos ? "" : resource.substr(dot + 1);
  if ((list != "limits" && list != "requests") || name.empty()) {
    return MakeError(ErrorCode::kInvalid,
                     fmt::format("resourceFieldRef.resource \"{}\": use limits.cpu, limits.memory, "
                                 "requests.cpu or requests.memory",
                                 resource),
                     "CreateContainerConfigError");
  }
  const api::Quantity* set = list == "limits" ? Find(container.limits, name) : Request(container, name);
  if (set == nullptr && list == "limits" && name != "cpu" && name != "memory") {
    return MakeError(ErrorCode::kNotSupported,
                     fmt::format("resourceFieldRef.resource \"{}\": the container has no such limit, and the node's "
                                 "capacity of it is not known here",
                                 resource),
                     "CreateContainerConfigError");
  }
  TRY(const api::Quantity unit, api::Quantity::Parse(divisor.empty() || divisor == "0" ? "1" : divisor));
  const bool cpu = name == "cpu";
  int64_t amount = 0;
  if (set != nullptr) {
    amount = cpu ? set->MilliValue() : set->Value();
  } else if (list == "limits") {
    amount = cpu ? cpu_capacity_milli : memory_capacity;
  }
  const int64_t by = std::max<int64_t>(1, cpu ? unit.MilliValue() : unit.Value());
  return fmt::format("{}", (amount + by - 1) / by);
}

}  // namespace ordinal::podsync
