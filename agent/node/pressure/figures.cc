#include "agent/node/pressure/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "agent/base/disk_use.h"
#include "agent/base/kernel_file.h"

namespace ordinal::node {
namespace {

void AddMemory(const std::string& proc, Figures& figures) {
  const std::string text = ReadKernelFile(proc + "/meminfo");
  const auto total = BytesOf(text, "MemTotal"), free = BytesOf(text, "MemFree");
  const auto inactive = BytesOf(text, "Inactive(file)");
  if (!total || !free) return;
  figures[EvictionSignal::kMemoryAvailable] = {static_cast<int64_t>(std::min(*free + inactive.value_or(0), *total)),
                                               static_cast<int64_t>(*total)};
}

/// Of /proc/loadavg, "0.20 0.18 0.12 1/80 11206": the second of the pair.
std::optional<uint64_t> Processes(const std::string& loadavg) {
  std::string_view line = loadavg;
  for (int load = 0; load < 3; ++load) TakeWord(line);
  std::string_view pair = TakeWord(line);
  pair.remove_prefix(std::min(pair.find('/'), pair.size()));
  if (!pair.starts_with('/')) return std::nullopt;
  pair.remove_prefix(1);
  return TakeNumber(pair);
}

void AddProcesses(const std::string& proc, Figures& figures) {
  const auto running = Processes(ReadKernelFile(proc + "/loadavg"));
  const auto most_ids = ReadNumber(proc + "/sys/kernel/pid_max");
  if (!running || !most_ids) return;
  const auto most =
      static_cast<int64_t>(std::min(*most_ids, ReadNumber(proc + "/sys/kernel/threads-max").value_or(*most_ids)));
  figures[EvictionSignal::kPidAvailable] = {std::max<int64_t>(most - static_cast<int64_t>(*running), 0), most};
}

void AddDisk(const std::string& path, EvictionSignal bytes, EvictionSignal inodes, Figures& figures) {
  if (path.empty()) return;
  const Result<FilesystemUse> use = UseOfFilesystem(path);
  if (!use.ok() || use->capacity == 0) return;
  figures[bytes] = {static_cast<int64_t>(use->available), static_cast<int64_t>(use->capacity)};
  // btrfs and others make inodes as they are needed, and say so by a zero.
  if (use->inodes == 0) return;
  figures[inodes] = {static_cast<int64_t>(use->inodes_free), static_cast<int64_t>(use->inodes)};
}

}  // namespace

Figures ReadFigures(const FigurePlaces& places) {
  Figures figures;
  if (!places.proc.empty()) {
    AddMemory(places.proc, figures);
    AddProcesses(places.proc, figures);
  }
  AddDisk(places.node_fs, EvictionSignal::kNodefsAvailable, EvictionSignal::kNodefsInodesFree, figures);
  AddDisk(places.image_fs, EvictionSignal::kImagefsAvailable, EvictionSignal::kImagefsInodesFree, figures);
  return figures;
}

std::string BinaryText(int64_t quantity) {
  constexpr std::array<const char*, 7> kSuffixes{"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  size_t suffix = 0;
  for (; quantity != 0 && quantity % 1024 == 0 && suffix + 1 < kSuffixes.size(); ++suffix) quantity /= 1024;
  return fmt::format("{}{}", quantity, kSuffixes[suffix]);
}

}  // namespace ordinal::node
