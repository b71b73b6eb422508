// ClaimStorage: the claims controller's disk: the volumes room on the blocking pool, and the runtime's view. Part of
// the composition root.
#pragma once

#include <string>
#include <vector>

#include "agent/base/blocking_pool.h"
#include "agent/base/layout.h"
#include "agent/controllers/claims/storage.h"
#include "agent/observe/pod_state.h"
#include "volumes/reclaim.h"

namespace ordinal {

class ClaimStorage final : public controllers::claims::Storage {
 public:
  /// `kept` are directories that no volume is ever reclaimed in or above, beside those of the layout. `pool` and `pods`
  /// outlive it.
  ClaimStorage(Layout layout, std::vector<std::string> kept, BlockingPool& pool, const observe::PodStates& pods);

  Task<Status> Wipe(api::PersistentVolume volume, Volumes others) override;
  Task<Status> Remove(api::PersistentVolume volume, Volumes others) override;
  Task<Result<controllers::claims::MadeDirectory>> Make(api::PersistentVolumeClaim claim, Volumes others) override;
  std::vector<controllers::claims::RunningPod> RunningPods() const override;

 private:
  Result<volumes::ReclaimTarget> TargetOf(const api::PersistentVolume& volume, const Volumes& others) const;
  std::vector<std::string> DirectoriesOf(const Volumes& volumes) const;

  const Layout layout_;
  const volumes::ReclaimRules rules_;
  BlockingPool& pool_;
  const observe::PodStates& pods_;
};

}  // namespace ordinal
