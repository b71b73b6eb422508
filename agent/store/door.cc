#include "agent/store/door.h"

#include <fmt/format.h>

#include "agent/store/admit.h"
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

Result<api::Decoded> Check(const Json& body) {
  auto decoded = api::Decode(body);
  if (auto* failure = std::get_if<api::DecodeFailure>(&decoded)) return InvalidError(failure->summary, failure->errors);
  return std::get<api::Decoded>(std::move(decoded));
}

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

Task<Result<Object>> Remove(ObjectStore& store, Object old, Removal removal) {
  if (removal.kind == Removal::Kind::kMarked) co_return co_await store.Update(Object(std::move(removal.body)));
  const Preconditions unchanged = Exactly(old);
  co_return co_await store.Delete(old.key(), unchanged);
}

bool Retry(const Result<Object>& written, int attempt) {
  return !written.ok() && written.error().code == ErrorCode::kConflict && attempt + 1 < kAttempts;
}

}  // namespace

Door::Door(ObjectStore& store, Clock& clock, Random& random) : store_(store), clock_(clock), random_(random) {}

Task<Result<Written>> Door::Create(Json body) {
  if (!api::ReadString(api::Member(body, "metadata"), "resourceVersion").empty()) {
    co_return MakeError(ErrorCode::kInvalid, "metadata.resourceVersion: must not be set on objects to be created",
                        "Invalid");
  }
  const std::string prefix = GeneratedPrefix(body);
  for (int attempt = 0;; ++attempt) {
    if (!prefix.empty()) body["metadata"]["name"] = prefix + NameSuffix(random_, kSuffixLength);
    CO_TRY(api::Decoded decoded, Check(body));
    AdmitNew(*decoded.kind, NewUid(random_), clock_.Now(), decoded.body);
    auto created = co_await store_.Create(Object(std::move(decoded.body)));
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

Task<Result<Object>> Door::Delete(ObjectKey key, DeleteOptions options) {
  for (int attempt = 0;; ++attempt) {
    CO_TRY(const Object old, co_await store_.Get(key));
    CO_TRYV(CheckPreconditions(old, options.preconditions));
    Removal removal = PlanRemoval(old, options.grace_seconds, clock_.Now());
    if (removal.kind == Removal::Kind::kWaits) co_return old;
    auto written = co_await Remove(store_, old, std::move(removal));
    if (!Retry(written, attempt)) co_return written;
  }
}

}  // namespace ordinal::store
