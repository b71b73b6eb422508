#include "agent/objects/local/removal.h"

#include "agent/api/kinds/pod/view.h"
#include "agent/base/bounded_time.h"
#include "agent/objects/local/documents.h"

namespace ordinal::objects {
namespace {

Json Marked(const Object& object, WallTime deleted, int64_t grace_seconds) {
  Json body = object.body();
  Json& metadata = body["metadata"];
  const bool first = !metadata.contains("deletionTimestamp");
  metadata["deletionTimestamp"] = FormatTime(deleted);
  metadata["deletionGracePeriodSeconds"] = grace_seconds;
  const int64_t generation = api::ReadInt(metadata, "generation");
  if (first && generation > 0) metadata["generation"] = generation + 1;
  return body;
}

/// The grace a pod gets: what was asked for, else its own; none where no node would have to stop it (pod strategy,
/// CheckGracefulDelete).
int64_t PodGrace(const Object& object, std::optional<int64_t> asked) {
  const Json& spec = api::Member(object.body(), "spec");
  if (api::NodeOf(object.body()).empty() || api::Ended(object.body())) return 0;
  const int64_t grace = asked.value_or(api::ReadInt(spec, "terminationGracePeriodSeconds"));
  return grace < 0 ? 1 : BoundedSeconds(grace);
}

Removal RemovePod(const Object& object, std::optional<int64_t> asked, WallTime now) {
  const api::Meta meta = api::ReadMeta(object.body());
  const bool unheld = meta.finalizers.empty();
  if (meta.deleting()) {
    const int64_t left = meta.deletion_grace_seconds.value_or(0);
    if (left == 0) return unheld ? Removal{} : Removal{Removal::Kind::kWaits, {}};
    if (!asked || *asked >= left) return {Removal::Kind::kWaits, {}};
    if (*asked <= 0 && unheld) return {};
    const int64_t shorter = std::max<int64_t>(*asked, 0);
    const WallTime asked_at = *meta.deleted - BoundedDuration(left);
    return {Removal::Kind::kMarked, Marked(object, asked_at + BoundedDuration(shorter), shorter)};
  }
  const int64_t grace = PodGrace(object, asked);
  if (grace == 0 && unheld) return {};
  return {Removal::Kind::kMarked, Marked(object, now + BoundedDuration(grace), grace)};
}

}  // namespace

bool EndsDeletion(const Object& old, const Json& body) {
  const api::Meta meta = api::ReadMeta(old.body());
  if (old.kind() == "Namespace" && !api::ReadStrings(api::Member(body, "spec"), "finalizers").empty()) return false;
  return meta.deleting() && meta.deletion_grace_seconds.value_or(0) == 0 && FinalizersOf(body).empty();
}

Removal PlanRemoval(const Object& object, std::optional<int64_t> grace_seconds, Propagation propagation, WallTime now) {
  if (propagation != Propagation::kBackground && !api::ReadMeta(object.body()).deleting()) {
    Json held = object.body();
    AddFinalizer(propagation == Propagation::kOrphan ? kOrphanFinalizer : kForegroundFinalizer, held["metadata"]);
    return PlanRemoval(Object(std::move(held)), grace_seconds, Propagation::kBackground, now);
  }
  if (object.kind() == "Pod") return RemovePod(object, grace_seconds, now);
  const api::Meta meta = api::ReadMeta(object.body());
  const bool content =
      object.kind() == "Namespace" && !api::ReadStrings(api::Member(object.body(), "spec"), "finalizers").empty();
  if (meta.finalizers.empty() && !content) return {};
  if (meta.deleting()) return {Removal::Kind::kWaits, {}};
  Removal removal{Removal::Kind::kMarked, Marked(object, now, 0)};
  if (object.kind() == "Namespace") removal.body["status"]["phase"] = "Terminating";
  return removal;
}

}  // namespace ordinal::objects
