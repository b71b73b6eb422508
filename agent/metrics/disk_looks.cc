#include "agent/metrics/disk_looks.h"

#include <algorithm>
#include <utility>

#include "agent/base/log.h"
#include "agent/metrics/within.h"

namespace ordinal::metrics {
namespace {

/// Says so however the look ends.
class Ending {
 public:
  explicit Ending(std::atomic<bool>& over) : over_(over) {}
  Ending(const Ending&) = delete;
  Ending& operator=(const Ending&) = delete;
  ~Ending() { over_ = true; }

 private:
  std::atomic<bool>& over_;
};

/// Takes what it looks at away from both budgets.
std::optional<DirectoryUse> CountFiles(const std::string& path, size_t& of_pod, size_t& of_all) {
  const size_t most = std::min({kMostFilesOfOne, of_pod, of_all});
  size_t left = most;
  std::optional<DirectoryUse> use = UseOfDirectory(path, left);
  of_pod -= most - left;
  of_all -= most - left;
  return use;
}

}  // namespace

DiskUses LookAtDisks(const std::vector<DiskWish>& wishes, const std::atomic<bool>& given_up) {
  DiskUses uses;
  size_t of_all = kMostFiles;
  std::map<size_t, size_t> of_pods;
  for (const DiskWish& wish : wishes) {
    if (given_up) break;
    DiskUse& use = uses[wish.path];
    if (wish.filesystem && !use.filesystem) use.filesystem = UseOfFilesystem(wish.path);
    if (!wish.files || use.files) continue;
    size_t& of_pod = of_pods.emplace(wish.pod, kMostFilesOfPod).first->second;
    use.files = CountFiles(wish.path, of_pod, of_all);
  }
  return uses;
}

Task<DiskUses> DiskLooks::Look(std::vector<DiskWish> wishes) {
  if (wishes.empty() || (late_ && !late_->over)) co_return DiskUses();
  if (!thread_) thread_.emplace(1);
  const auto job = std::make_shared<Job>();
  auto look = [job, at = look_, wishes = std::move(wishes)]() -> Result<DiskUses> {
    const Ending ending(job->over);
    return job->given_up ? DiskUses() : at(wishes, job->given_up);
  };
  Task<Result<DiskUses>> looking = thread_->Run(std::move(look));
  std::optional<Result<DiskUses>> uses = co_await Within(clock_, kDiskPatience, "look at disks", std::move(looking));
  if (!uses) {
    job->given_up = true;
    late_ = job;
    log::Warning("figures of disks: a file system does not answer; they are left out until it does");
    co_return DiskUses();
  }
  co_return uses->ok() ? std::move(**uses) : DiskUses();
}

}  // namespace ordinal::metrics
