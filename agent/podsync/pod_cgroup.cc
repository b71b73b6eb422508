#include "agent/podsync/pod_cgroup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <limits>

#include "agent/api/kinds/pod/resources.h"
#include "agent/base/fd.h"
#include "agent/podsync/resources.h"

namespace ordinal::podsync {
namespace {

constexpr int64_t kLimitsPeriod = 100'000;  // microseconds

int64_t AmountOf(const api::ResourceList& list, const std::string& name, bool milli) {
  const auto found = list.find(name);
  if (found == list.end()) return 0;
  return milli ? found->second.MilliValue() : found->second.Value();
}

/// cgroup v2 says "max" for no limit, v1 a number near the largest.
int64_t ReadLimit(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  file >> text;
  int64_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) return kNoLimit;
  constexpr int64_t kHuge = std::numeric_limits<int64_t>::max() / 2;
  return value < 0 || value > kHuge ? kNoLimit : value;
}

bool IsMore(int64_t wanted, int64_t now) { return now != kNoLimit && (wanted == kNoLimit || wanted > now); }

/// One value, in one file of a hierarchy.
struct LimitFile {
  std::string path, text;
  int64_t wanted;
};

Status WriteLimit(const LimitFile& file) {
  const Fd open_file(open(file.path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!open_file) return ErrnoError("open " + file.path, errno);
  const auto size = static_cast<ssize_t>(file.text.size());
  if (write(open_file.get(), file.text.data(), file.text.size()) == size) return {};
  return ErrnoError("write " + file.text + " to " + file.path, errno);
}

std::string Number(int64_t value) { return fmt::format("{}", value); }

/// The files of cgroup v1 and of v2: those that are there are written.
std::vector<LimitFile> FilesOf(const std::string& root, const std::string& parent, const PodLimits& limits) {
  const std::string cpu = root + "/cpu" + parent, memory = root + "/memory" + parent, unified = root + parent;
  const std::string quota = limits.cpu_quota == kNoLimit ? "max" : Number(limits.cpu_quota);
  const std::string most = limits.memory == kNoLimit ? "max" : Number(limits.memory);
  return {{cpu + "/cpu.shares", Number(limits.cpu_shares), limits.cpu_shares},
          {cpu + "/cpu.cfs_quota_us", Number(limits.cpu_quota), limits.cpu_quota},
          {memory + "/memory.limit_in_bytes", Number(limits.memory), limits.memory},
          {unified + "/cpu.weight", Number(CpuWeight(limits.cpu_shares)), CpuWeight(limits.cpu_shares)},
          {unified + "/cpu.max", fmt::format("{} {}", quota, kLimitsPeriod), limits.cpu_quota},
          {unified + "/memory.max", most, limits.memory}};
}

}  // namespace

PodLimits PodLimitsOf(const api::PodSpec& spec) {
  const api::ResourceList requests = api::RequestsOf(spec), limits = api::LimitsOf(spec);
  PodLimits out;
  out.cpu_shares = CpuShares(AmountOf(requests, "cpu", /*milli=*/true));
  // Requests have the overhead already.
  const auto most = [&](const std::string& name, bool milli) {
    return AmountOf(limits, name, milli) + AmountOf(spec.overhead, name, milli);
  };
  if (api::LimitedEverywhere(spec, "cpu")) out.cpu_quota = CpuQuota(most("cpu", /*milli=*/true));
  if (api::LimitedEverywhere(spec, "memory")) out.memory = most("memory", /*milli=*/false);
  return out;
}

Status WritePodLimits(const std::string& root, const std::string& parent, const PodLimits& limits, LimitsPart part) {
  Status first;
  bool found = false;
  for (const LimitFile& file : FilesOf(root, parent, limits)) {
    if (access(file.path.c_str(), F_OK) != 0) continue;
    found = true;
    const int64_t now = ReadLimit(file.path);
    if (now == file.wanted || (part == LimitsPart::kMore && !IsMore(file.wanted, now))) continue;
    const Status written = WriteLimit(file);
    if (!written.ok() && first.ok()) first = written;
  }
  if (!found) return MakeError(ErrorCode::kNotFound, "there is no cgroup " + parent + " with processors and memory");
  return first;
}

Status CheckPodMemory(const std::string& root, const std::string& parent, const PodLimits& limits) {
  const std::string v1 = root + "/memory" + parent, v2 = root + parent;
  for (const auto& [limit, use] : {std::pair{v1 + "/memory.limit_in_bytes", v1 + "/memory.usage_in_bytes"},
                                   std::pair{v2 + "/memory.max", v2 + "/memory.current"}}) {
    if (access(limit.c_str(), F_OK) != 0 || !IsMore(ReadLimit(limit), limits.memory)) continue;
    std::ifstream file(use);
    int64_t used = 0;
    if (!(file >> used)) return MakeError(ErrorCode::kInternal, "missing pod memory usage: it is tried again");
    if (used < limits.memory) continue;
    return MakeError(ErrorCode::kInternal,
                     fmt::format("attempting to set pod memory limit ({}) below current usage ({}): it is tried again",
                                 limits.memory, used));
  }
  return {};
}

Status WriteClassShares(const std::string& root, const std::string& parent, int64_t burstable_milli) {
  const std::string class_cgroup = parent.substr(0, parent.rfind('/'));
  const bool burstable = class_cgroup.find("burstable") != std::string::npos;
  if (!burstable && class_cgroup.find("besteffort") == std::string::npos) return {};
  const int64_t shares = CpuShares(burstable ? burstable_milli : 0);
  for (const LimitFile& file : {LimitFile{root + "/cpu" + class_cgroup + "/cpu.shares", Number(shares), shares},
                                {root + class_cgroup + "/cpu.weight", Number(CpuWeight(shares)), CpuWeight(shares)}}) {
    if (access(file.path.c_str(), F_OK) == 0 && ReadLimit(file.path) != file.wanted) return WriteLimit(file);
  }
  return {};
}

std::optional<int64_t> MemoryUsedBy(const std::string& root, const std::string& parent, const std::string& id) {
  for (const auto& [top, name] : {std::pair{root + "/memory", "memory.usage_in_bytes"}, {root, "memory.current"}}) {
    std::error_code code;
    for (std::filesystem::directory_iterator entry(top + parent, code), end; !code && entry != end;
         entry.increment(code)) {
      const std::string cgroup = entry->path().filename().string();
      if (cgroup != id && !cgroup.ends_with("-" + id + ".scope")) continue;
      std::ifstream file(entry->path() / name);
      int64_t bytes = 0;
      if (file >> bytes) return bytes;
    }
  }
  return std::nullopt;
}

}  // namespace ordinal::podsync
