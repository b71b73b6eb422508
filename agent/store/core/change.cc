#include "agent/store/core/change.h"

#include <fmt/format.h>

#include "agent/api/text/json_text.h"

namespace ordinal::store {
namespace {

Error TooLarge(const Object& object, std::string_view what, size_t bytes, size_t limit) {
  return MakeError(
      ErrorCode::kInvalid,
      fmt::format("{} cannot be stored: {} bytes{}, the limit is {}", ToString(object.key()), bytes, what, limit),
      "RequestEntityTooLarge");
}

/// Of a new one the limit is of its text before Go's escapes, which no text has that is short enough with them.
size_t PlainSize(const Object& object, const std::string& kept) {
  return kept.size() <= kMaxDocumentBytes ? kept.size() : object.body().dump().size();
}

Result<std::string> Serialize(const Change& change) {
  const Object& object = change.object;
  std::string kept;
  try {
    kept = api::JsonText(object.body(), Json::error_handler_t::strict);
  } catch (const nlohmann::json::exception& error) {
    return MakeError(
        ErrorCode::kInvalid,
        fmt::format("{} cannot be stored: its text is not UTF-8: {}", ToString(object.key()), error.what()), "Invalid");
  }
  const bool goes = change.type == EventType::kDeleted;
  const size_t plain = goes ? 0 : PlainSize(object, kept);
  if (plain > kMaxDocumentBytes) return TooLarge(object, "", plain, kMaxDocumentBytes);
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

/// The change is as it was when nothing comes of it.
Status WriteText(Change& change) {
  TRY(const std::string text, Serialize(change));
  change.text = std::make_shared<const std::string>(text);  // of exactly its size: it stays
  change.object.Written(change.text);
  return {};
}

/// So is `wanted`.
Result<Change> Take(Object&& wanted, EventType type, const Object& old, uint64_t revision) {
  const uint64_t asked = wanted.revision();
  Change change{type, std::move(wanted).WithRevision(revision), old, revision, nullptr};
  const Status written = WriteText(change);
  if (written.ok()) return change;
  wanted = std::move(change.object).WithRevision(asked);
  return written.error();
}

}  // namespace

Result<Change> PlanCreate(const Object& current, Object&& wanted, uint64_t revision) {
  TRYV(CheckNamed(wanted));
  if (!current.empty()) {
    return MakeError(ErrorCode::kAlreadyExists, ToString(wanted.key()) + " already exists", "AlreadyExists");
  }
  return Take(std::move(wanted), EventType::kAdded, Object(), revision);
}

Result<Change> PlanUpdate(const Object& current, Object&& wanted, uint64_t revision) {
  TRYV(CheckNamed(wanted));
  if (current.empty()) return NotFound(wanted.key());
  if (wanted.revision() != 0 && wanted.revision() != current.revision()) {
    return RevisionConflict(wanted.key(), wanted.revision(), current.revision());
  }
  // The revision is the only member that may differ between a document and its stored equal.
  const bool same = wanted.revision() != 0 ? wanted.body() == current.body()
                                           : wanted.WithRevision(current.revision()).body() == current.body();
  if (same) return Change{EventType::kModified, current, current, 0, nullptr};
  return Take(std::move(wanted), EventType::kModified, current, revision);
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
  Change change{EventType::kDeleted, current.WithRevision(revision), current, revision, nullptr};
  TRYV(WriteText(change));
  return change;
}

void WriteOut(Object& object) {
  object.Written(std::make_shared<const std::string>(api::JsonText(object.body(), Json::error_handler_t::strict)));
}

}  // namespace ordinal::store
