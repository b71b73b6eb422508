#include "agent/objects/local/local_objects.h"

#include <fmt/format.h>

#include "agent/api/custom/objects.h"
#include "agent/api/kinds/pod/resize.h"
#include "agent/api/kinds/pod/status_merge.h"
#include "agent/objects/local/binding.h"
#include "agent/objects/local/claim_protection.h"
#include "agent/objects/local/documents.h"
#include "agent/objects/local/removal.h"
#include "agent/objects/local/token_request.h"
#include "agent/store/core/change.h"

namespace ordinal::objects {
namespace {

// Optimistic writes: how often a write is tried again after somebody else's came between read and write.
constexpr int kAttempts = 5;
// Generated names: suffixes tried before AlreadyExists is the answer (registry/generic/registry/store.go).
constexpr int kNameAttempts = 8;
constexpr size_t kSuffixLength = 5;
// A generated name is cut so that name and suffix fit a label (apiserver names.NameGenerator).
constexpr size_t kMaxGeneratedPrefix = 63 - kSuffixLength;

Error Invalid(const std::string& summary, std::vector<FieldError> faults, bool malformed, Findings* findings) {
  Error error = InvalidError(summary, faults);
  if (findings != nullptr) {
    findings->faults = std::move(faults);
    findings->malformed = malformed;
  }
  return error;
}

/// `old`: what is changed; null for a new object.
Result<api::Decoded> Check(const Json& body, const WriteOptions& options, const Object* old) {
  auto decoded = api::Decode(body, options.unknown_fields, old == nullptr ? nullptr : &old->body());
  if (auto* failure = std::get_if<api::DecodeFailure>(&decoded)) {
    return Invalid(failure->summary, std::move(failure->errors), failure->malformed, options.findings);
  }
  return std::get<api::Decoded>(std::move(decoded));
}

std::string Summary(const api::KindInfo& kind, const ObjectKey& key) {
  return fmt::format("{}{}{} \"{}\" is invalid", kind.kind, kind.group.empty() ? "" : ".", kind.group, key.name);
}

/// The prefix to complete, when the object has no name but a generateName.
std::string GeneratedPrefix(const Json& body) {
  const Json& metadata = api::Member(body, "metadata");
  if (!api::ReadString(metadata, "name").empty()) return {};
  return api::ReadString(metadata, "generateName").substr(0, kMaxGeneratedPrefix);
}

ObjectKey KeyOf(const api::KindInfo& kind, const Json& body) {
  const Json& metadata = api::Member(body, "metadata");
  return {std::string(api::KeyOf(kind)), kind.namespaced ? api::ReadString(metadata, "namespace", "default") : "",
          api::ReadString(metadata, "name")};
}

Result<const api::KindInfo*> KindOf(const ObjectKey& key) {
  if (const api::KindInfo* kind = api::FindKind(key.kind)) return kind;
  return MakeError(ErrorCode::kInvalid, fmt::format("\"{}\" is not a kind the agent knows", key.kind));
}

/// There in both and equal, or in neither.
bool SameStatusMember(const Json& a, const Json& b) {
  return a.contains("status") == b.contains("status") && api::Member(a, "status") == api::Member(b, "status");
}

Preconditions Exactly(const Object& object) { return {object.uid(), object.revision()}; }

/// Writes `body` over `old`, or removes the object when that ends its deletion.
Task<Result<Object>> Write(store::ObjectStore& store, Object old, Json body) {
  if (EndsDeletion(old, body)) {
    const Preconditions unchanged = Exactly(old);
    co_return co_await store.Delete(old.key(), unchanged);
  }
  co_return co_await store.Update(Object(std::move(body)));
}

Task<Result<Object>> CarryOut(store::ObjectStore& store, Object old, Removal removal) {
  if (removal.kind == Removal::Kind::kMarked) co_return co_await store.Update(Object(std::move(removal.body)));
  const Preconditions unchanged = Exactly(old);
  co_return co_await store.Delete(old.key(), unchanged);
}

/// What Create would do, without a write.
Task<Result<Object>> Rehearse(store::ObjectStore& store, Object object) {
  const auto found = co_await store.Get(object.key());
  if (found.ok()) {
    co_return MakeError(ErrorCode::kAlreadyExists, ToString(object.key()) + " already exists", "AlreadyExists");
  }
  if (found.error().code != ErrorCode::kNotFound) co_return found.error();
  co_return object;
}

/// A document that names a revision or uid means that very object.
Status CheckIdentity(const Object& old, const Json& next) {
  const Json& metadata = api::Member(next, "metadata");
  const std::string uid = api::ReadString(metadata, "uid"), revision = api::ReadString(metadata, "resourceVersion");
  if (!uid.empty() && uid != old.uid()) {
    return MakeError(ErrorCode::kConflict, fmt::format("{} has uid {}, not {}", ToString(old.key()), old.uid(), uid),
                     "Conflict");
  }
  if (!revision.empty() && revision != std::to_string(old.revision())) {
    return MakeError(ErrorCode::kConflict,
                     fmt::format("{} is at revision {}, not {}", ToString(old.key()), old.revision(), revision),
                     "Conflict");
  }
  return {};
}

Status CheckUid(const Object& old, const std::string& uid) {
  Preconditions preconditions;
  if (!uid.empty()) preconditions.uid = uid;
  return store::CheckPreconditions(old, preconditions);
}

/// What the part that is written may not change is as it was before the whole is checked, as the reference does it: a
/// spec that comes with a status is not judged, nor is a status of a custom kind that is not taken.
Json WithinPart(const api::KindInfo& kind, const Object& old, Json next, WriteOptions::Part part) {
  const bool custom = kind.custom != nullptr && api::HasStatus(kind);
  if (custom && part == WriteOptions::Part::kSpec) api::Carry(old.body(), "status", next);
  if (part != WriteOptions::Part::kStatus) return next;
  Json body = api::Present(kind, old.body(), api::ReadString(next, "apiVersion"));
  api::Carry(next, "status", body);
  for (const char* member : {"labels", "annotations", "managedFields"}) {
    api::Carry(api::Member(next, "metadata"), member, body["metadata"]);
  }
  return body;
}

/// What a write of the status may change, taken over into the stored document.
Json WithStatusOf(const Object& old, const Json& next) {
  Json body = old.body();
  api::Carry(next, "status", body);
  if (old.kind() == "Pod" && body.contains("status")) {
    body["status"] =
        api::MergedStatus(api::StatusBy::kClient, api::Member(body, "status"), api::Member(old.body(), "status"));
  }
  for (const char* member : {"labels", "annotations", "managedFields"}) {
    api::Carry(api::Member(next, "metadata"), member, body["metadata"]);
  }
  return body;
}

Status CheckDeletable(const ObjectKey& key) {
  const api::KindInfo* kind = api::FindKind(key.kind);
  const std::string why = kind != nullptr && kind->undeletable != nullptr ? kind->undeletable(key.name) : "";
  if (why.empty()) return {};
  return MakeError(ErrorCode::kFailedPrecondition,
                   fmt::format("{}{}{} \"{}\" is forbidden: {}", kind->plural, kind->group.empty() ? "" : ".",
                               kind->group, key.name, why),
                   "Forbidden");
}

/// What a write of the ephemeral containers may change.
Json WithEphemeralContainersOf(const Object& old, const Json& next) {
  Json body = old.body();
  api::Carry(api::Member(next, "spec"), "ephemeralContainers", body["spec"]);
  api::Carry(api::Member(next, "metadata"), "managedFields", body["metadata"]);
  return body;
}

/// Of the document, and of its admission.
std::vector<std::string> AllWarnings(api::Decoded& decoded, Attempt& attempt) {
  std::vector<std::string> all = std::move(decoded.warnings);
  std::move(attempt.warnings.begin(), attempt.warnings.end(), std::back_inserter(all));
  return all;
}

/// What a write of the approval may change.
Json WithApprovalOf(const Object& old, const Json& next) {
  Json body = old.body();
  api::Carry(api::Member(next, "status"), "conditions", body["status"]);
  api::Carry(api::Member(next, "metadata"), "managedFields", body["metadata"]);
  return body;
}

bool Retry(const Result<Object>& written, int attempt) {
  return !written.ok() && written.error().code == ErrorCode::kConflict && attempt + 1 < kAttempts;
}

}  // namespace

LocalObjects::LocalObjects(store::ObjectStore& store, Clock& clock, Random& random, Admitters admitters)
    : store_(store), clock_(clock), random_(random), admitters_(std::move(admitters)) {}

/// `document` as it is to be stored; its faults are an error, and that its writer may not write it.
Task<Result<Json>> LocalObjects::Admitted(Attempt& attempt, Json document, const WriteOptions& options) {
  attempt.body = std::move(document);
  attempt.author = options.author;
  const Status admitted = co_await AdmitBy(admitters_, attempt);
  if (!admitted.ok() && options.findings != nullptr && !attempt.named.empty()) options.findings->name = attempt.named;
  CO_TRYV(admitted);
  if (!attempt.faults.empty()) {
    const ObjectKey key = attempt.creates() ? KeyOf(attempt.kind, attempt.body) : attempt.old.key();
    co_return Invalid(Summary(attempt.kind, key), std::move(attempt.faults), false, options.findings);
  }
  if (options.permit) CO_TRYV(options.permit(attempt.body, attempt.old));
  co_return std::move(attempt.body);
}

Task<Result<Written>> LocalObjects::Create(Json body, WriteOptions options) {
  if (!api::ReadString(api::Member(body, "metadata"), "resourceVersion").empty()) {
    co_return MakeError(ErrorCode::kInvalid, "metadata.resourceVersion: must not be set on objects to be created",
                        "Invalid");
  }
  const std::string prefix = GeneratedPrefix(body);
  for (int tries = 0;; ++tries) {
    if (!prefix.empty()) {
      body["metadata"]["name"] = prefix + NameSuffix(random_, kSuffixLength);
      if (options.findings != nullptr) options.findings->name = body["metadata"]["name"];
    }
    CO_TRY(api::Decoded decoded, Check(body, options, nullptr));
    if (options.track) decoded.body = options.track(std::move(decoded.body), Json());
    const Object none;
    Attempt attempt(*decoded.kind, none, WriteOptions::Part::kEverything, clock_.Now(), random_, store_);
    attempt.generated = !prefix.empty();
    CO_TRY(Json admitted, co_await Admitted(attempt, std::move(decoded.body), options));
    Object object(std::move(admitted));
    auto writing = options.dry_run ? Rehearse(store_, std::move(object)) : store_.Create(std::move(object));
    auto created = co_await std::move(writing);
    attempt.Settle(created.ok() && !options.dry_run);
    if (created.ok()) co_return Written{std::move(*created), AllWarnings(decoded, attempt), true};
    const bool taken = created.error().code == ErrorCode::kAlreadyExists;
    if (!taken || prefix.empty() || tries + 1 >= kNameAttempts) co_return std::move(created).error();
  }
}

Task<Result<Written>> LocalObjects::Update(Json body) {
  const auto kind = api::FindKind(api::ReadString(body, "apiVersion"), api::ReadString(body, "kind"));
  if (!kind.ok()) co_return kind.error();
  ObjectKey key = KeyOf(**kind, body);
  Edit whole = [&body](const Object&) -> Result<Json> { return body; };
  WriteOptions options;
  options.part = WriteOptions::Part::kSpec;
  co_return co_await Change(std::move(key), std::move(whole), std::move(options));
}

Task<Result<Object>> LocalObjects::UpdateStatus(ObjectKey key, std::string uid, Json status) {
  for (int tries = 0;; ++tries) {
    CO_TRY(const Object old, co_await store_.Get(key));
    CO_TRYV(CheckUid(old, uid));
    Json next = old.body();
    next["status"] = status;
    auto written = co_await store_.Update(Object(std::move(next)));
    if (!Retry(written, tries)) co_return written;
  }
}

Task<Result<Object>> LocalObjects::Modify(ObjectKey key, std::function<bool(Json&)> change) {
  CO_TRY(const api::KindInfo* kind, KindOf(key));
  for (int tries = 0;; ++tries) {
    CO_TRY(const Object stored, co_await store_.Get(key));
    const Object old = api::custom::CompletedObject(*kind, stored);
    Json next = old.body();
    if (!change(next)) co_return old;
    const bool of_status = SameBut({"status"}, old.body(), next);
    if (of_status && SameStatusMember(old.body(), next)) co_return old;
    Attempt attempt(*kind, old, WriteOptions::Part::kEverything, clock_.Now(), random_, store_);
    if (!of_status) {
      CO_TRY(api::Decoded decoded, Check(next, WriteOptions(), &old));
      const WriteOptions whole;
      CO_TRY(Json admitted, co_await Admitted(attempt, std::move(decoded.body), whole));
      next = std::move(admitted);
    }
    auto written = co_await Write(store_, old, std::move(next));
    attempt.Settle(written.ok());
    if (!Retry(written, tries)) co_return written;
  }
}

Task<Result<Written>> LocalObjects::Change(ObjectKey key, Edit edit, WriteOptions options) {
  CO_TRY(const api::KindInfo* kind, KindOf(key));
  for (int tries = 0;; ++tries) {
    CO_TRY(const Object stored, co_await store_.Get(key));
    const Object old = api::custom::CompletedObject(*kind, stored);
    CO_TRY(Json next, edit(old));
    CO_TRYV(CheckIdentity(old, next));
    next = WithinPart(*kind, old, std::move(next), options.part);
    CO_TRY(api::Decoded decoded, Check(next, options, &old));
    if (options.part == WriteOptions::Part::kStatus) decoded.body = WithStatusOf(old, decoded.body);
    if (options.part == WriteOptions::Part::kEphemeralContainers) {
      decoded.body = WithEphemeralContainersOf(old, decoded.body);
    }
    if (options.part == WriteOptions::Part::kApproval) decoded.body = WithApprovalOf(old, decoded.body);
    if (options.part == WriteOptions::Part::kResize) decoded.body = api::ResizedPod(old.body(), decoded.body);
    if (options.track) decoded.body = options.track(std::move(decoded.body), old.body());
    Attempt attempt(*kind, old, options.part, clock_.Now(), random_, store_);
    CO_TRY(Json admitted, co_await Admitted(attempt, std::move(decoded.body), options));
    if (options.dry_run) co_return Written{Object(std::move(admitted)), AllWarnings(decoded, attempt)};
    auto written = co_await Write(store_, old, std::move(admitted));
    attempt.Settle(written.ok());
    if (written.ok()) co_return Written{std::move(*written), AllWarnings(decoded, attempt)};
    if (!Retry(written, tries)) co_return std::move(written).error();
  }
}

Task<Result<Written>> LocalObjects::Apply(ObjectKey key, Json config, api::ApplyRequest request, WriteOptions options,
                                          std::vector<api::FieldConflict>* conflicts) {
  CO_TRY(const api::KindInfo* kind, KindOf(key));
  const auto merge = [&](const Json& live) -> Result<Json> {
    if (conflicts != nullptr) conflicts->clear();
    auto applied = api::ServerSideApply(*kind, live, config, request);
    if (auto* failure = std::get_if<api::ApplyFailure>(&applied)) {
      if (conflicts != nullptr) *conflicts = std::move(failure->conflicts);
      return std::move(failure->error);
    }
    return std::get<Json>(std::move(applied));
  };
  options.track = nullptr;  // a merge keeps the managers itself
  const bool whole = options.part == WriteOptions::Part::kEverything || options.part == WriteOptions::Part::kSpec;
  const bool may_create = request.may_create && whole && !MeansExisting(config);
  for (int tries = 0;; ++tries) {
    Edit edit = [&merge](const Object& current) { return merge(current.body()); };
    auto written = co_await Change(key, std::move(edit), options);
    if (written.ok() || written.error().code != ErrorCode::kNotFound || !may_create) co_return written;
    CO_TRY(Json body, merge(Json()));
    auto made = co_await Create(std::move(body), options);
    const bool raced = !made.ok() && made.error().code == ErrorCode::kAlreadyExists;
    if (!raced || tries + 1 >= kAttempts) co_return made;
  }
}

Task<Result<Object>> LocalObjects::Bind(ObjectKey pod, std::string uid, std::string node, WriteOptions options) {
  Edit edit = [this, &uid, &node](const Object& current) -> Result<Json> {
    TRYV(CheckUid(current, uid));
    return Bound(current, node, clock_.Now());
  };
  options.part = WriteOptions::Part::kEverything;
  CO_TRY(Written written, co_await Change(std::move(pod), std::move(edit), std::move(options)));
  co_return std::move(written.object);
}

Task<Result<Json>> LocalObjects::RequestToken(ObjectKey account, Json request) {
  if (issuer_ == nullptr) co_return MakeError(ErrorCode::kNotSupported, "nobody here signs service account tokens");
  co_return co_await objects::RequestToken(store_, *issuer_, std::move(account), std::move(request));
}

Task<Result<Removed>> LocalObjects::Remove(ObjectKey key, DeleteOptions options) {
  CO_TRYV(CheckDeletable(key));
  for (int tries = 0;; ++tries) {
    CO_TRY(const Object old, co_await store_.Get(key));
    CO_TRYV(store::CheckPreconditions(old, options.preconditions));
    Removal removal = PlanRemoval(old, options.grace_seconds, options.propagation, clock_.Now());
    if (removal.kind != Removal::Kind::kGone && options.propagation == Propagation::kBackground) {
      CO_TRY(const bool held_for_nothing, co_await HeldForNothing(store_, old));
      if (held_for_nothing) removal = Removal{};
    }
    if (removal.kind == Removal::Kind::kWaits) co_return Removed{old, false};
    const bool gone = removal.kind == Removal::Kind::kGone;
    if (options.dry_run) co_return Removed{gone ? old : Object(std::move(removal.body)), gone};
    auto written = co_await CarryOut(store_, old, std::move(removal));
    if (written.ok()) co_return Removed{std::move(*written), gone};
    if (!Retry(written, tries)) co_return std::move(written).error();
  }
}

}  // namespace ordinal::objects
