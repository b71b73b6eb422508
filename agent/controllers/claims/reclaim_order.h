// Carrying out a reclaim policy: fresh reads, then the data, then the object.
//
//   read volume, claim, pods ──> wipe   ──> claimRef cleared, Available         Recycle
//                          └───> remove ──> object deleted                      Delete
//                                    └ failed: phase Failed, an event, again later
//
// Cut off between the data and the object, it starts again from the reads: both steps on the data are idempotent.
#pragma once

#include <optional>
#include <string>

#include "agent/controllers/claims/plan.h"
#include "agent/controllers/claims/reclaim.h"
#include "agent/controllers/context.h"
#include "agent/objects/cache.h"

namespace ordinal::controllers::claims {

class ReclaimOrder {
 public:
  using Volumes = objects::Cache<api::PersistentVolume>;

  /// `volumes` and `storage` outlive it.
  ReclaimOrder(Context context, const Volumes& volumes, Storage& storage)
      : context_(std::move(context)), volumes_(volumes), storage_(storage) {}

  /// Reclaims the volume when it is still condemned: it has this uid, it is Released or Failed, its policy says so, and
  /// the claim it was bound to is gone. Otherwise success, and nothing is touched. kUnavailable while pods use it.
  Task<Status> Carry(std::string volume, std::string uid);

 private:
  /// When the claim that has the name of the volume's claim now was created; absent when there is none. kConflict when
  /// it is the volume's claim.
  Task<Result<std::optional<WallTime>>> Successor(const api::PersistentVolume& volume);
  Task<Status> CheckUnused(const api::PersistentVolume& volume, std::optional<WallTime> successor);
  Storage::Volumes Others(const api::PersistentVolume& volume) const;
  Task<Status> Wipe(const api::PersistentVolume& volume);
  Task<Status> Remove(const api::PersistentVolume& volume);
  Task<Status> Fail(const api::PersistentVolume& volume, Error error);

  Context context_;
  const Volumes& volumes_;
  Storage& storage_;
};

}  // namespace ordinal::controllers::claims
