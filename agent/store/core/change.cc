#include "agent/store/core/change.h"

#include <fmt/format.h>

#include "agent/api/text/go_text.h"

namespace ordinal::store {
namespace {

Error TooLarge(const Object& object, std::string_view what, size_t bytes, size_t limit) {
  return MakeError(
      ErrorCode::kInvalid,
      fmt::format("{} cannot be stored: {} bytes{}, the limit is {}", ToString(object.key()), bytes, what, limit),
      "RequestEntityTooLarge");
}

Result<std::string> Serialize(const Change& change) {
  const Object& object = change.object;
  std::string text;
  try {
    text = object.body().dump();
  } catch (const nlohmann::json::exception& error) {
    return MakeError(
        ErrorCode::kInvalid,
        fmt::format("{} cannot be stored: its text is not UTF-8: {}", ToString(object.key()), error.what()), "Invalid");
  }
  const bool goes = change.type == EventType::kDeleted;
  if (!goes && text.size() > kMaxDocumentBytes) return TooLarge(object, "", text.size(), kMaxDocumentBytes);
  std::string kept = api::AsGoWrites(std::move(text));
  const bool was_large = !change.old.empty() && change.old.text() && change.old.text()->size() > kMaxKeptBytes;
  if (!goes && !was_large && kept.size() > kMaxKeptBytes) {
    return TooLarge(object, " as it is kept (each of < > & takes six)", kept.size(), kMaxKeptBytes);
  }
  return kept;
}

Status CheckNamed(const Object& wanted) {
  if (!wanted.empty() && !wanted.kind().empty() && !wanted.name().empty()) return {};
  return MakeError(ErrorCode::kInvalid, "an object without kind or metadata.name cannot be stored", "Invalid");
}

Error NotFound(const ObjectKey& key) {
  return MakeError(ErrorCode::kNotFound, ToString(key) + " not found", "NotFound");
}

Error RevisionConflict(const ObjectKey& key, uint64_t asked, uint64_t stored) {
  return MakeError(
      ErrorCode::kConflict,
      fmt::format("{} has been modified: it is at revision {}, not {}; read it again", ToString(key), stored, asked),
      "Conflict");
}

Result<Change> Finish(Change change) {
  TRY(const std::string text, Serialize(change));
  change.text = std::make_shared<const std::string>(text);  // of exactly its size: it stays
  change.object.Written(change.text);
  return change;
}

}  // namespace

Result<Change> PlanCreate(const Object& current, const Object& wanted, uint64_t revision) {
  TRYV(CheckNamed(wanted));
  if (!current.empty()) {
    return MakeError(ErrorCode::kAlreadyExists, ToString(wanted.key()) + " already exists", "AlreadyExists");
  }
  return Finish(Change{EventType::kAdded, wanted.WithRevision(revision), Object(), revision, nullptr});
}

Result<Change> PlanUpdate(const Object& current, const Object& wanted, uint64_t revision) {
  TRYV(CheckNamed(wanted));
  if (current.empty()) return NotFound(wanted.key());
  if (wanted.revision() != 0 && wanted.revision() != current.revision()) {
    return RevisionConflict(wanted.key(), wanted.revision(), current.revision());
  }
  // The revision is the only member that may differ between a document and its stored equal.
  const bool same = wanted.revision() != 0 ? wanted.body() == current.body()
                                           : wanted.WithRevision(current.revision()).body() == current.body();
  if (same) return Change{EventType::kModified, current, current, 0, nullptr};
  return Finish(Change{EventType::kModified, wanted.WithRevision(revision), current, revision, nullptr});
}

Status CheckPreconditions(const Object& current, const Preconditions& preconditions) {
  if (preconditions.uid && *preconditions.uid != current.uid()) {
    return MakeError(ErrorCode::kConflict,
                     fmt::format("the UID in the precondition ({}) does not match the UID in record ({}) of {}. The "
                                 "object might have been deleted and then recreated",
                                 *preconditions.uid, current.uid(), ToString(current.key())),
                     "Conflict");
  }
  if (preconditions.revision && *preconditions.revision != current.revision()) {
    return RevisionConflict(current.key(), *preconditions.revision, current.revision());
  }
  return {};
}

Result<Change> PlanDelete(const Object& current, const ObjectKey& key, const Preconditions& preconditions,
                          uint64_t revision) {
  if (current.empty()) return NotFound(key);
  TRYV(CheckPreconditions(current, preconditions));
  return Finish(Change{EventType::kDeleted, current.WithRevision(revision), current, revision, nullptr});
}

}  // namespace ordinal::store
