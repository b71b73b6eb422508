#include "agent/controllers/claims/reclaim_order.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "agent/base/log.h"
#include "agent/controllers/claims/edits.h"
#include "agent/controllers/owner_writes.h"

namespace ordinal::controllers::claims {
namespace {

using api::ObjectKey;

ObjectKey VolumeKey(const std::string& name) { return {"PersistentVolume", "", name}; }

const char* FailureReason(const PersistentVolume& volume) {
  return volume.reclaim_policy == "Recycle" ? "VolumeFailedRecycle" : "VolumeFailedDelete";
}

bool Condemned(const PersistentVolume& volume) {
  const Reclaim reclaim = ReclaimOf(volume);
  return reclaim == Reclaim::kWipe || reclaim == Reclaim::kRemove;
}

}  // namespace

Task<Status> ReclaimOrder::Carry(std::string name, std::string uid) {
  ObjectKey key = VolumeKey(name);
  const auto read = co_await context_.client.Get(std::move(key));
  if (!read.ok() && read.error().code == ErrorCode::kNotFound) co_return Status();
  if (!read.ok()) co_return read.error();
  const auto volume = PersistentVolume::From(*read);
  if (volume.meta.uid != uid || !Condemned(volume)) co_return Status();
  const auto successor = co_await Successor(volume);
  if (!successor.ok() && successor.error().code == ErrorCode::kConflict) co_return Status();
  if (!successor.ok()) co_return successor.error();
  CO_TRYV(co_await CheckUnused(volume, *successor));
  if (ReclaimOf(volume) == Reclaim::kWipe) co_return co_await Wipe(volume);
  co_return co_await Remove(volume);
}

Task<Result<std::optional<WallTime>>> ReclaimOrder::Successor(const PersistentVolume& volume) {
  ObjectKey key{"PersistentVolumeClaim", volume.claim_ns, volume.claim_name};
  const auto claim = co_await context_.client.Get(std::move(key));
  if (!claim.ok() && claim.error().code == ErrorCode::kNotFound) co_return std::optional<WallTime>();
  if (!claim.ok()) co_return claim.error();
  if (claim->uid() == volume.claim_uid) co_return MakeError(ErrorCode::kConflict, "the claim is there");
  co_return api::ReadMeta(claim->body()).created;
}

Task<Status> ReclaimOrder::CheckUnused(const PersistentVolume& volume, std::optional<WallTime> successor) {
  store::ListOptions options;
  options.ns = volume.claim_ns;
  std::string kind = "Pod";
  CO_TRY(const store::ListResult pods, co_await context_.client.List(std::move(kind), std::move(options)));
  const auto users = UsersOf(volume, successor, pods.items, storage_.RunningPods());
  if (users.empty()) co_return Status();
  const std::string message = fmt::format("the volume is still used by pods: {}", fmt::join(users, ", "));
  context_.recorder.Record({volume.object, events::Severity::kNormal, FailureReason(volume), message});
  co_return MakeError(ErrorCode::kUnavailable, message);
}

/// All that this process knows of: what is written here is in the cache before anybody acts on it.
Storage::Volumes ReclaimOrder::Others(const PersistentVolume& volume) const {
  Storage::Volumes others;
  volumes_.ForEach("", [&](const api::Ref<PersistentVolume>& each) {
    if (each->meta.uid != volume.meta.uid) others.push_back(each);
  });
  return others;
}

Task<Status> ReclaimOrder::Wipe(const PersistentVolume& volume) {
  Storage::Volumes others = Others(volume);
  const Status wiped = co_await storage_.Wipe(volume, std::move(others));
  if (!wiped.ok()) co_return co_await Fail(volume, wiped.error());
  Edit edit = MakeAvailable(volume, context_.clock.Now());
  CO_TRY(const bool applied, co_await EditIf(context_, edit.key, edit.uid, edit.change));
  if (applied)
    context_.recorder.Record({volume.object, events::Severity::kNormal, "VolumeRecycled", "Volume recycled"});
  co_return Status();
}

Task<Status> ReclaimOrder::Remove(const PersistentVolume& volume) {
  Storage::Volumes others = Others(volume);
  const Status removed = co_await storage_.Remove(volume, std::move(others));
  if (!removed.ok()) co_return co_await Fail(volume, removed.error());
  Edit edit = LetGo(volume);
  CO_TRY(const bool applied, co_await EditIf(context_, edit.key, edit.uid, edit.change));
  if (!applied) co_return Status();
  log::Info("persistent volume {} of claim {}/{} and its data are removed", volume.meta.name, volume.claim_ns,
            volume.claim_name);
  ObjectKey key = VolumeKey(volume.meta.name);
  objects::DeleteOptions options;
  options.preconditions.uid = volume.meta.uid;
  const auto deleted = co_await context_.client.Delete(std::move(key), std::move(options));
  if (deleted.ok() || deleted.error().code == ErrorCode::kNotFound) co_return Status();
  co_return deleted.error();
}

Task<Status> ReclaimOrder::Fail(const PersistentVolume& volume, Error error) {
  const char* reason = FailureReason(volume);
  Edit edit = FailVolume(volume, reason, error.message, context_.clock.Now());
  CO_TRY(const bool applied, co_await EditIf(context_, edit.key, edit.uid, edit.change));
  if (applied) context_.recorder.Record({volume.object, events::Severity::kWarning, reason, error.message});
  // However it failed, it is no matter of waiting for somebody.
  co_return MakeError(ErrorCode::kInternal, error.message);
}

}  // namespace ordinal::controllers::claims
