#include "agent/app/claim_storage.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "agent/podsync/volume_specs.h"
#include "volumes/claim_directory.h"

namespace ordinal {

using controllers::claims::MadeDirectory;
using controllers::claims::RunningPod;

static_assert(std::string_view(volumes::kDataFound) == controllers::claims::kUndecided);

namespace {

Result<volumes::FoundData> DecidedFor(const api::PersistentVolumeClaim& claim) {
  namespace claims = controllers::claims;
  const auto decision = claim.meta.annotations.find(claims::kDirectory);
  if (decision == claim.meta.annotations.end()) return volumes::FoundData::kAsk;
  if (decision->second == claims::kAdoptDirectory) return volumes::FoundData::kAdopt;
  if (decision->second == claims::kNewDirectory) return volumes::FoundData::kNew;
  return MakeError(ErrorCode::kInvalid,
                   fmt::format("annotation {} of the claim is neither \"{}\" nor \"{}\"", claims::kDirectory,
                               claims::kAdoptDirectory, claims::kNewDirectory));
}

}  // namespace

ClaimStorage::ClaimStorage(Layout layout, std::vector<std::string> kept, BlockingPool& pool,
                           const observe::PodStates& pods)
    : layout_(std::move(layout)), rules_{layout_.directories(), std::move(kept)}, pool_(pool), pods_(pods) {}

std::vector<std::string> ClaimStorage::DirectoriesOf(const Volumes& volumes) const {
  std::vector<std::string> directories;
  for (const api::PersistentVolume& volume : volumes) {
    const auto directory = podsync::DirectoryOf(volume, layout_);
    if (directory.ok()) directories.push_back(directory->path);
  }
  return directories;
}

Result<volumes::ReclaimTarget> ClaimStorage::TargetOf(const api::PersistentVolume& volume,
                                                      const Volumes& others) const {
  auto directory = podsync::DirectoryOf(volume, layout_);
  if (!directory.ok()) {
    return std::move(directory).error().With("set persistentVolumeReclaimPolicy to Retain and reclaim it by hand");
  }
  return volumes::ReclaimTarget{std::move(directory->path), directory->create, DirectoriesOf(others)};
}

Task<Status> ClaimStorage::Wipe(api::PersistentVolume volume, Volumes others) {
  CO_TRY(volumes::ReclaimTarget target, TargetOf(volume, others));
  auto work = [target = std::move(target), rules = rules_] { return volumes::WipeVolume(target, rules); };
  co_return co_await pool_.Run(std::move(work));
}

Task<Status> ClaimStorage::Remove(api::PersistentVolume volume, Volumes others) {
  CO_TRY(volumes::ReclaimTarget target, TargetOf(volume, others));
  target.may_be_missing = true;  // removed before the agent was stopped
  auto work = [target = std::move(target), rules = rules_] { return volumes::RemoveVolume(target, rules); };
  co_return co_await pool_.Run(std::move(work));
}

Task<Result<MadeDirectory>> ClaimStorage::Make(api::PersistentVolumeClaim claim, Volumes others) {
  CO_TRY(const volumes::FoundData found, DecidedFor(claim));
  auto work = [layout = layout_, meta = claim.meta, taken = DirectoriesOf(others), found]() -> Result<MadeDirectory> {
    TRY(volumes::ClaimDirectory made, volumes::MakeClaimDirectory(layout, meta.ns, meta.name, meta.uid, taken, found));
    return MadeDirectory{std::move(made.path), std::move(made.passed_over), made.adopted};
  };
  co_return co_await pool_.Run(std::move(work));
}

std::vector<RunningPod> ClaimStorage::RunningPods() const {
  std::vector<RunningPod> running;
  for (const std::string& uid : pods_.AllUids()) {
    const observe::PodState& pod = pods_.Get(uid);
    if (observe::HoldsAnythingLive(pod)) running.push_back({pod.ns, pod.name, pod.uid});
  }
  return running;
}

}  // namespace ordinal
