#include "agent/store/door.h"

#include <fmt/format.h>

#include "agent/api/status_merge.h"
#include "agent/store/admit.h"
#include "agent/store/claim_protection.h"
#include "agent/store/core/change.h"

namespace ordinal::store {
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
  if (findings != nullptr) *findings = Findings{std::move(faults), malformed};
  return error;
}

Result<api::Decoded> Check(const Json& body, const WriteOptions& options) {
  auto decoded = api::Decode(body, options.unknown_fields);
  if (auto* failure = std::get_if<api::DecodeFailure>(&decoded)) {
    return Invalid(failure->summary, std::move(failure->errors), failure->malformed, options.findings);
  }
  return std::get<api::Decoded>(std::move(decoded));
}

Result<api::Decoded> Check(const Json& body) { return Check(body, WriteOptions()); }

std::string Summary(const KindInfo& kind, const ObjectKey& key) {
  return fmt::format("{}{}{} \"{}\" is invalid", kind.kind, kind.group.empty() ? "" : ".", kind.group, key.name);
}

/// The prefix to complete, when the object has no name but a generateName.
std::string GeneratedPrefix(const Json& body) {
  const Json& metadata = api::Member(body, "metadata");
  if (!api::ReadString(metadata, "name").empty()) return {};
  return api::ReadString(metadata, "generateName").substr(0, kMaxGeneratedPrefix);
}

ObjectKey KeyOf(const KindInfo& kind, const Json& body) {
  const Json& metadata = api::Member(body, "metadata");
  return {std::string(kind.kind), kind.namespaced ? api::ReadString(metadata, "namespace", "default") : "",
          api::ReadString(metadata, "name")};
}

Result<const KindInfo*> KindOf(const ObjectKey& key) {
  if (const KindInfo* kind = api::FindKind(key.kind)) return kind;
  return MakeError(ErrorCode::kInvalid, fmt::format("\"{}\" is not a kind the agent knows", key.kind));
}

bool OnlyStatusDiffers(const Json& a, Json b) {
  if (a.contains("status")) {
    b["status"] = a["status"];
  } else {
    b.erase("status");
  }
  return a == b;
}

Preconditions Exactly(const Object& object) { return {object.uid(), object.revision()}; }

/// Writes `body` over `old`, or removes the object when that ends its deletion.
Task<Result<Object>> Write(ObjectStore& store, Object old, Json body) {
  if (EndsDeletion(old, body)) {
    const Preconditions unchanged = Exactly(old);
    co_return co_await store.Delete(old.key(), unchanged);
  }
  co_return co_await store.Update(Object(std::move(body)));
}

Task<Result<Object>> Apply(ObjectStore& store, Object old, Removal removal) {
  if (removal.kind == Removal::Kind::kMarked) co_return co_await store.Update(Object(std::move(removal.body)));
  const Preconditions unchanged = Exactly(old);
  co_return co_await store.Delete(old.key(), unchanged);
}

/// What Create would do, without a write.
Task<Result<Object>> Rehearse(ObjectStore& store, Object object) {
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

/// What a write of the status may change, taken over into the stored document.
Json WithStatusOf(const Object& old, const Json& next) {
  Json body = old.body();
  Carry(next, "status", body);
  if (old.kind() == "Pod" && body.contains("status")) {
    body["status"] =
        api::MergedStatus(api::StatusBy::kClient, api::Member(body, "status"), api::Member(old.body(), "status"));
  }
  for (const char* member : {"labels", "annotations", "managedFields"}) {
    Carry(api::Member(next, "metadata"), member, body["metadata"]);
  }
  return body;
}

/// The document that replaces `old` when `next` is written over it.
Result<api::Decoded> Prepare(const KindInfo& kind, const Object& old, const Json& next, const WriteOptions& options) {
  TRYV(CheckIdentity(old, next));
  TRY(api::Decoded decoded, Check(next, options));
  if (options.part == WriteOptions::Part::kStatus) decoded.body = WithStatusOf(old, decoded.body);
  if (options.track) decoded.body = options.track(std::move(decoded.body), old.body());
  auto faults = AdmitChange(kind, old, options.part == WriteOptions::Part::kSpec, decoded.body);
  if (!faults.empty()) return Invalid(Summary(kind, old.key()), std::move(faults), false, options.findings);
  return decoded;
}

bool Retry(const Result<Object>& written, int attempt) {
  return !written.ok() && written.error().code == ErrorCode::kConflict && attempt + 1 < kAttempts;
}

}  // namespace

Door::Door(ObjectStore& store, Clock& clock, Random& random) : store_(store), clock_(clock), random_(random) {}

Task<Result<Written>> Door::Create(Json body) {
  WriteOptions options;
  return Create(std::move(body), std::move(options));
}

Task<Result<Written>> Door::Create(Json body, WriteOptions options) {
  if (!api::ReadString(api::Member(body, "metadata"), "resourceVersion").empty()) {
    co_return MakeError(ErrorCode::kInvalid, "metadata.resourceVersion: must not be set on objects to be created",
                        "Invalid");
  }
  const std::string prefix = GeneratedPrefix(body);
  for (int attempt = 0;; ++attempt) {
    if (!prefix.empty()) body["metadata"]["name"] = prefix + NameSuffix(random_, kSuffixLength);
    CO_TRY(api::Decoded decoded, Check(body, options));
    if (options.track) decoded.body = options.track(std::move(decoded.body), Json());
    AdmitNew(*decoded.kind, NewUid(random_), clock_.Now(), decoded.body);
    Object object(std::move(decoded.body));
    auto writing = options.dry_run ? Rehearse(store_, std::move(object)) : store_.Create(std::move(object));
    auto created = co_await std::move(writing);
    if (created.ok()) co_return Written{std::move(*created), std::move(decoded.warnings)};
    const bool taken = created.error().code == ErrorCode::kAlreadyExists;
    if (!taken || prefix.empty() || attempt + 1 >= kNameAttempts) co_return std::move(created).error();
  }
}

Task<Result<Written>> Door::Update(Json body) {
  CO_TRY(const api::Decoded decoded, Check(body));
  const ObjectKey key = KeyOf(*decoded.kind, decoded.body);
  const Object wanted(decoded.body);
  Preconditions preconditions;
  if (wanted.revision() != 0) preconditions.revision = wanted.revision();
  if (!wanted.uid().empty()) preconditions.uid = wanted.uid();
  for (int attempt = 0;; ++attempt) {
    CO_TRY(const Object old, co_await store_.Get(key));
    CO_TRYV(CheckPreconditions(old, preconditions));
    Json next = decoded.body;
    const auto faults = AdmitChange(*decoded.kind, old, /*keep_status=*/true, next);
    if (!faults.empty()) co_return InvalidError(Summary(*decoded.kind, key), faults);
    auto written = co_await Write(store_, old, std::move(next));
    if (written.ok()) co_return Written{std::move(*written), decoded.warnings};
    if (!Retry(written, attempt)) co_return std::move(written).error();
  }
}

Task<Result<Object>> Door::UpdateStatus(ObjectKey key, std::string uid, Json status) {
  Preconditions preconditions;
  if (!uid.empty()) preconditions.uid = std::move(uid);
  for (int attempt = 0;; ++attempt) {
    CO_TRY(const Object old, co_await store_.Get(key));
    CO_TRYV(CheckPreconditions(old, preconditions));
    Json next = old.body();
    next["status"] = status;
    auto written = co_await store_.Update(Object(std::move(next)));
    if (!Retry(written, attempt)) co_return written;
  }
}

Task<Result<Object>> Door::Modify(ObjectKey key, std::function<bool(Json&)> change) {
  CO_TRY(const KindInfo* kind, KindOf(key));
  for (int attempt = 0;; ++attempt) {
    CO_TRY(const Object old, co_await store_.Get(key));
    Json next = old.body();
    if (!change(next) || next == old.body()) co_return old;
    if (!OnlyStatusDiffers(old.body(), next)) {
      CO_TRY(api::Decoded decoded, Check(next));
      next = std::move(decoded.body);
      const auto faults = AdmitChange(*kind, old, /*keep_status=*/false, next);
      if (!faults.empty()) co_return InvalidError(Summary(*kind, key), faults);
    }
    auto written = co_await Write(store_, old, std::move(next));
    if (!Retry(written, attempt)) co_return written;
  }
}

Task<Result<Written>> Door::Change(ObjectKey key, Edit edit, WriteOptions options) {
  CO_TRY(const KindInfo* kind, KindOf(key));
  for (int attempt = 0;; ++attempt) {
    CO_TRY(const Object old, co_await store_.Get(key));
    CO_TRY(const Json next, edit(old));
    CO_TRY(api::Decoded decoded, Prepare(*kind, old, next, options));
    if (options.dry_run) co_return Written{Object(std::move(decoded.body)), std::move(decoded.warnings)};
    auto written = co_await Write(store_, old, std::move(decoded.body));
    if (written.ok()) co_return Written{std::move(*written), std::move(decoded.warnings)};
    if (!Retry(written, attempt)) co_return std::move(written).error();
  }
}

Task<Result<Object>> Door::Delete(ObjectKey key, DeleteOptions options) {
  CO_TRY(Removed removed, co_await Remove(std::move(key), std::move(options)));
  co_return std::move(removed.object);
}

Task<Result<Removed>> Door::Remove(ObjectKey key, DeleteOptions options) {
  for (int attempt = 0;; ++attempt) {
    CO_TRY(const Object old, co_await store_.Get(key));
    CO_TRYV(CheckPreconditions(old, options.preconditions));
    Removal removal = PlanRemoval(old, options.grace_seconds, options.propagation, clock_.Now());
    if (removal.kind != Removal::Kind::kGone && options.propagation == Propagation::kBackground) {
      CO_TRY(const bool held_for_nothing, co_await HeldForNothing(store_, old));
      if (held_for_nothing) removal = Removal{};
    }
    if (removal.kind == Removal::Kind::kWaits) co_return Removed{old, false};
    const bool gone = removal.kind == Removal::Kind::kGone;
    if (options.dry_run) co_return Removed{gone ? old : Object(std::move(removal.body)), gone};
    auto written = co_await Apply(store_, old, std::move(removal));
    if (written.ok()) co_return Removed{std::move(*written), gone};
    if (!Retry(written, attempt)) co_return std::move(written).error();
  }
}

}  // namespace ordinal::store
