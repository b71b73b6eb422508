#include "agent/node/pressure/figures.h"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>

namespace ordinal::node {
namespace {

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Of /proc/meminfo, in bytes.
std::optional<int64_t> MemoryLine(const std::string& meminfo, const std::string& name) {
  const size_t line = ("\n" + meminfo).find("\n" + name + ":");
  if (line == std::string::npos) return std::nullopt;
  long long kibibytes = 0;
  if (std::sscanf(meminfo.c_str() + line + name.size() + 1, "%lld", &kibibytes) != 1) return std::nullopt;
  return int64_t{kibibytes} * 1024;
}

void AddMemory(const std::string& proc, Figures& figures) {
  const std::string text = ReadText(proc + "/meminfo");
  const auto total = MemoryLine(text, "MemTotal"), free = MemoryLine(text, "MemFree");
  const auto inactive = MemoryLine(text, "Inactive(file)");
  if (!total || !free) return;
  figures[EvictionSignal::kMemoryAvailable] = {std::min(*free + inactive.value_or(0), *total), *total};
}

void AddProcesses(const std::string& proc, Figures& figures) {
  long long running = 0, most_ids = 0, most_threads = 0;
  if (std::sscanf(ReadText(proc + "/loadavg").c_str(), "%*f %*f %*f %*d/%lld", &running) != 1) return;
  if (std::sscanf(ReadText(proc + "/sys/kernel/pid_max").c_str(), "%lld", &most_ids) != 1) return;
  if (std::sscanf(ReadText(proc + "/sys/kernel/threads-max").c_str(), "%lld", &most_threads) != 1) {
    most_threads = most_ids;
  }
  const int64_t most = std::min(most_ids, most_threads);
  figures[EvictionSignal::kPidAvailable] = {std::max<int64_t>(most - running, 0), most};
}

void AddDisk(const std::string& path, EvictionSignal bytes, EvictionSignal inodes, Figures& figures) {
  struct statvfs space {};
  if (path.empty() || ::statvfs(path.c_str(), &space) != 0 || space.f_blocks == 0) return;
  const auto unit = static_cast<int64_t>(space.f_frsize);
  figures[bytes] = {static_cast<int64_t>(space.f_bavail) * unit, static_cast<int64_t>(space.f_blocks) * unit};
  // btrfs and others make inodes as they are needed, and say so by a zero.
  if (space.f_files == 0) return;
  figures[inodes] = {static_cast<int64_t>(space.f_ffree), static_cast<int64_t>(space.f_files)};
}

}  // namespace

Figures ReadFigures(const FigurePlaces& places) {
  Figures figures;
  AddMemory(places.proc, figures);
  AddProcesses(places.proc, figures);
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
