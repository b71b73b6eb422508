#include "agent/podsync/resources.h"

#include <fmt/format.h>

#include <algorithm>

namespace ordinal::podsync {
namespace {

constexpr int64_t kMinShares = 2;
constexpr int64_t kSharesPerCpu = 1024;
constexpr int64_t kQuotaPeriod = 100'000;  // microseconds
constexpr int64_t kMinQuota = 1'000;       // microseconds, the kernel's own minimum

const api::Quantity* Find(const api::ResourceList& list, const std::string& name) {
  const auto found = list.find(name);
  return found == list.end() ? nullptr : &found->second;
}

/// A container's request; a limit alone counts as the request too.
const api::Quantity* Request(const api::Container& container, const std::string& name) {
  const api::Quantity* request = Find(container.requests, name);
  return request != nullptr ? request : Find(container.limits, name);
}

int64_t OomScoreAdjust(const api::PodSpec& spec, const api::Container& container, int64_t memory_capacity) {
  const std::string qos = api::QosClass(spec);
  if (qos == "Guaranteed") return -997;
  if (qos == "BestEffort") return 1000;
  const api::Quantity* memory = Request(container, "memory");
  const int64_t request = memory == nullptr ? 0 : memory->Value();
  const int64_t adjust = 1000 - (memory_capacity > 0 ? 1000 * request / memory_capacity : 0);
  return std::clamp<int64_t>(adjust, 2, 999);
}

}  // namespace

cri::Resources ContainerResources(const api::PodSpec& spec, const api::Container& container, int64_t memory_capacity) {
  cri::Resources out;
  const api::Quantity* cpu = Request(container, "cpu");
  out.cpu_shares = cpu == nullptr ? kMinShares : std::max(kMinShares, cpu->MilliValue() * kSharesPerCpu / 1000);
  out.cpu_period = kQuotaPeriod;
  if (const api::Quantity* limit = Find(container.limits, "cpu"); limit != nullptr && !limit->IsZero()) {
    out.cpu_quota = std::max(kMinQuota, limit->MilliValue() * kQuotaPeriod / 1000);
  }
  if (const api::Quantity* limit = Find(container.limits, "memory"); limit != nullptr) {
    out.memory_limit = limit->Value();
    out.memory_swap_limit = limit->Value();
  }
  out.oom_score_adj = OomScoreAdjust(spec, container, memory_capacity);
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
