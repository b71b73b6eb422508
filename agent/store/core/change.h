// Change: one write, decided but not yet made visible. Pure: the rules of create, update and delete as functions of
// what is stored and what is asked, shared by every store that keeps its own documents.
#pragma once

#include <memory>
#include <string>

#include "agent/store/object_store.h"

namespace ordinal::store {

/// Larger documents are refused with kInvalid (etcd's default request limit, 1.5 MiB).
inline constexpr size_t kMaxDocumentBytes = 1536 * 1024;
/// So is a document that takes more as it is kept: what Go escapes (api/text/go_text.h) is six bytes there. One that is
/// stored and larger may be changed, and anything may be deleted.
inline constexpr size_t kMaxKeptBytes = 2 * kMaxDocumentBytes;

/// Written out once: for the disk, and for the history.
using SharedText = std::shared_ptr<const std::string>;

struct Change {
  EventType type = EventType::kAdded;
  Object object;  ///< after the change, with its revision; for kDeleted the last state with the deletion's revision
  Object old;     ///< before the change; empty for kAdded
  uint64_t revision = 0;
  SharedText text;  ///< `object` as compact JSON; null when nothing is changed
};

/// `current` is the stored object, empty when there is none; `revision` the number the change takes.
/// `wanted` is taken where a change comes of it, without a copy where nobody else has it; else it stays as it is.
/// kInvalid: no kind or name, too large, or text that is not UTF-8. kAlreadyExists.
Result<Change> PlanCreate(const Object& current, Object&& wanted, uint64_t revision);

/// As above; kNotFound, kConflict. A change with revision 0 says that the wanted document is the stored
/// one: nothing to write, `object` is what is stored.
Result<Change> PlanUpdate(const Object& current, Object&& wanted, uint64_t revision);

/// kConflict when `current` is not the object the preconditions name.
Status CheckPreconditions(const Object& current, const Preconditions& preconditions);

/// kNotFound, kConflict (a precondition).
Result<Change> PlanDelete(const Object& current, const ObjectKey& key, const Preconditions& preconditions,
                          uint64_t revision);

/// Gives an object that comes from the disk its text as a change keeps it.
void WriteOut(Object& object);

}  // namespace ordinal::store
