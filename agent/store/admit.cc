#include "agent/store/admit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "agent/api/decode.h"
#include "agent/api/pod.h"
#include "agent/base/bounded_time.h"
#include "agent/store/admit_pod.h"

namespace ordinal::store {
namespace {

// Kinds whose metadata.generation is counted; the others have none (recorded: golden/04-api/defaults).
constexpr std::array<std::string_view, 8> kCountedKinds = {
    "DaemonSet", "Deployment", "EndpointSlice", "ReplicaSet", "StatefulSet", "Job", "CronJob", "PodDisruptionBudget"};

bool Counted(std::string_view kind) {
  return std::find(kCountedKinds.begin(), kCountedKinds.end(), kind) != kCountedKinds.end();
}

/// The status a new object of the kind has, whatever its creator wrote; null: none.
Json FirstStatus(std::string_view kind, const Json& body, WallTime now) {
  Json status = Json::object();
  if (kind == "Pod") {
    status["phase"] = "Pending";
    status["qosClass"] = api::QosClass(api::ReadPodSpec(api::Member(body, "spec")));
  } else if (kind == "PersistentVolumeClaim") {
    status["phase"] = "Pending";
  } else if (kind == "PersistentVolume") {
    status["phase"] = "Pending";
    status["lastPhaseTransitionTime"] = FormatTime(now);
  } else if (kind == "StatefulSet") {
    status["replicas"] = 0;
    status["availableReplicas"] = 0;
  } else if (kind == "ReplicaSet") {
    status["replicas"] = 0;
  } else if (kind == "Service") {
    status["loadBalancer"] = Json::object();
  } else if (kind == "Namespace") {
    status["phase"] = "Active";
  } else if (kind != "Deployment") {
    return nullptr;
  }
  return status;
}

std::string_view ProtectionFinalizer(std::string_view kind) {
  if (kind == "PersistentVolume") return "kubernetes.io/pv-protection";
  if (kind == "PersistentVolumeClaim") return "kubernetes.io/pvc-protection";
  return {};
}

void AddFinalizer(std::string_view finalizer, Json& metadata) {
  if (finalizer.empty()) return;
  Json& finalizers = metadata["finalizers"];
  if (!finalizers.is_array()) finalizers = Json::array();
  if (std::find(finalizers.begin(), finalizers.end(), finalizer) == finalizers.end()) finalizers.push_back(finalizer);
}

/// Whether two documents differ in anything but metadata and status.
bool SpecDiffers(const Json& a, const Json& b) {
  const auto counted = [](const std::string& member) { return member != "metadata" && member != "status"; };
  const auto covers = [&](const Json& these, const Json& those) {
    return std::all_of(these.items().begin(), these.items().end(), [&](const auto& item) {
      return !counted(item.key()) || (those.contains(item.key()) && those[item.key()] == item.value());
    });
  };
  return !covers(a, b) || !covers(b, a);
}

/// The label and the finalizer of every namespace (registry/core/namespace/strategy.go, defaults of core/v1).
void AdmitNamespace(Json& body) {
  body["metadata"]["labels"]["kubernetes.io/metadata.name"] = api::ReadString(body["metadata"], "name");
  AddFinalizer("kubernetes", body["spec"]);
}

std::vector<std::string> Finalizers(const Json& body) {
  return api::ReadStrings(api::Member(body, "metadata"), "finalizers");
}

/// Once an object is being deleted its finalizers may only go.
void CheckFinalizers(const Object& old, const Json& body, std::vector<FieldError>& faults) {
  if (!api::Deleting(old.body())) return;
  const auto before = Finalizers(old.body());
  for (const std::string& finalizer : Finalizers(body)) {
    if (std::find(before.begin(), before.end(), finalizer) != before.end()) continue;
    faults.push_back({"metadata.finalizers", "FieldValueForbidden",
                      fmt::format("Forbidden: no new finalizers can be added if the object is being deleted, found new "
                                  "finalizers []string{{\"{}\"}}",
                                  finalizer)});
  }
}

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

Error InvalidError(const std::string& summary, const std::vector<FieldError>& faults) {
  std::string message = summary;
  for (const FieldError& fault : faults) message += fmt::format("\n{}: {}", fault.field, fault.message);
  return MakeError(ErrorCode::kInvalid, std::move(message), "Invalid");
}

std::vector<std::string> VolatileKinds() {
  std::vector<std::string> kinds;
  for (const KindInfo* kind : api::AllKinds()) {
    if (!kind->durable) kinds.emplace_back(kind->kind);
  }
  return kinds;
}

void Carry(const Json& from, const char* name, Json& to) {
  const Json& value = api::Member(from, name);
  if (value.is_null()) {
    to.erase(name);
  } else {
    to[name] = value;
  }
}

void AdmitNew(const KindInfo& kind, std::string uid, WallTime now, Json& body) {
  Json& metadata = body["metadata"];
  if (!kind.namespaced) {
    metadata.erase("namespace");
  } else if (api::ReadString(metadata, "namespace").empty()) {
    metadata["namespace"] = "default";
  }
  metadata["uid"] = std::move(uid);
  metadata["creationTimestamp"] = FormatTime(now);
  for (const char* reserved : {"resourceVersion", "generation", "deletionTimestamp", "deletionGracePeriodSeconds"}) {
    metadata.erase(reserved);
  }
  if (Counted(kind.kind)) metadata["generation"] = 1;
  AddFinalizer(ProtectionFinalizer(kind.kind), metadata);
  if (kind.kind == "Namespace") AdmitNamespace(body);
  if (kind.kind == "Pod") AdmitNewPod(body);
  if (Json status = FirstStatus(kind.kind, body, now); !status.is_null()) body["status"] = std::move(status);
}

std::vector<FieldError> AdmitChange(const KindInfo& kind, const Object& old, bool keep_status, Json& body) {
  const Json& before = api::Member(old.body(), "metadata");
  Json& metadata = body["metadata"];
  for (const char* reserved : {"name", "namespace", "uid", "creationTimestamp", "deletionTimestamp",
                               "deletionGracePeriodSeconds", "generation", "resourceVersion"}) {
    Carry(before, reserved, metadata);
  }
  if (keep_status) Carry(old.body(), "status", body);
  if (kind.kind == "Pod") AdmitPodChange(old.body(), body);
  if (Counted(kind.kind) && SpecDiffers(old.body(), body)) {
    metadata["generation"] = api::ReadInt(before, "generation") + 1;
  }
  std::vector<FieldError> faults = api::ValidateUpdate(kind, body, old.body());
  CheckFinalizers(old, body, faults);
  return faults;
}

bool EndsDeletion(const Object& old, const Json& body) {
  const api::Meta meta = api::ReadMeta(old.body());
  if (old.kind() == "Namespace" && !api::ReadStrings(api::Member(body, "spec"), "finalizers").empty()) return false;
  return meta.deleting() && meta.deletion_grace_seconds.value_or(0) == 0 && Finalizers(body).empty();
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

}  // namespace ordinal::store
