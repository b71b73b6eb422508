#include "agent/metrics/disk_looks.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace ordinal::metrics {
namespace {

constexpr size_t kDeepest = 64;  // directories in each other: each holds a descriptor open

/// In parts: several look for one pod at once, and one that hangs keeps a part only.
std::optional<DirectoryUse> CountFiles(const DiskWish& wish, FileBudget& budget) {
  DiskUseBounds bounds;
  bounds.entries = kMostFilesOfOne;
  bounds.depth = kDeepest;
  DiskUseWalk walk(wish.path, bounds);
  if (budget.Take(wish.pod, 1) == 0) return std::nullopt;  // the directory itself
  bool over = false;
  while (!over) {
    const size_t part = budget.Take(wish.pod, kFilesAtOnce);
    if (part == 0) return std::nullopt;
    const int64_t before = walk.entries();
    const Result<bool> went = walk.GoOn(static_cast<int64_t>(part));
    budget.GiveBack(wish.pod, part - static_cast<size_t>(walk.entries() - before));
    if (!went.ok()) return std::nullopt;
    over = *went;
  }
  const TreeSize& size = walk.size();
  if (!walk.whole() || size.files == 0) return std::nullopt;
  return DirectoryUse{static_cast<uint64_t>(size.bytes), static_cast<uint64_t>(size.files)};
}

/// What the threads of one answer find, also those that come too late.
struct Findings {
  std::mutex mutex;
  DiskUses uses;
  FileBudget budget;
};

void Note(const std::string& path, DiskUse found, Findings& findings) {
  const std::lock_guard lock(findings.mutex);
  DiskUse& use = findings.uses[path];
  if (found.filesystem) use.filesystem = found.filesystem;
  if (found.files) use.files = found.files;
}

}  // namespace

size_t FileBudget::Take(size_t pod, size_t wanted) {
  const std::lock_guard lock(mutex_);
  size_t& of_pod = pods_.emplace(pod, kMostFilesOfPod).first->second;
  const size_t taken = std::min({wanted, of_pod, all_});
  of_pod -= taken;
  all_ -= taken;
  return taken;
}

void FileBudget::GiveBack(size_t pod, size_t unused) {
  const std::lock_guard lock(mutex_);
  pods_[pod] += unused;
  all_ += unused;
}

DiskUse LookAtDisk(const DiskWish& wish, FileBudget& budget) {
  DiskUse use;
  if (wish.filesystem) {
    if (auto found = UseOfFilesystem(wish.path); found.ok()) use.filesystem = *found;
  }
  if (wish.files) use.files = CountFiles(wish, budget);
  return use;
}

Task<DiskUses> DiskLooks::Look(std::vector<DiskWish> wishes) {
  const auto findings = std::make_shared<Findings>();
  std::vector<DeviceLooks::Look> looks;
  for (DiskWish& wish : wishes) {
    std::string path = wish.path;
    std::function<void()> look = [findings, wish = std::move(wish), at = look_] {
      Note(wish.path, at(wish, findings->budget), *findings);
    };
    looks.push_back({std::move(path), std::move(look)});
  }
  co_await devices_.Run(std::move(looks));
  const std::lock_guard lock(findings->mutex);
  co_return findings->uses;
}

}  // namespace ordinal::metrics
