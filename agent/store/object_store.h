// ObjectStore: where everything wanted and everything seen is kept. The embedded store (sqlite/) and the memory
// store pass one contract suite (tests/contract/object_store_contract.h); a remote Kubernetes API will too.
//
// All calls are coroutines of the control thread. A write that returned is durable as far as the store is
// (sqlite: on disk). One revision counter for the whole store; every write gets the next number and puts it in
// metadata.resourceVersion. Stores know nothing of kinds: what they are given was decoded, defaulted and
// validated by agent/objects/local, which is what everybody writes through.
//
// Errors: kNotFound, kAlreadyExists, kConflict (resourceVersion or uid precondition), kExpired (watch from a
// revision no longer kept, or never reached; list at a revision no longer kept), kDeadlineExceeded with reason
// ResourceVersionTooLarge (list at a revision not reached yet), kInvalid (no kind or name, larger than 1.5 MiB, not
// UTF-8), kUnavailable (disk full, I/O error, closed), kInternal.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/object.h"
#include "agent/api/selector.h"
#include "agent/base/task.h"
#include "agent/store/field_selector.h"

namespace ordinal::store {

using api::Json;
using api::Object;
using api::ObjectKey;

enum class EventType { kAdded, kModified, kDeleted, kBookmark };

struct WatchEvent {
  EventType type = EventType::kAdded;
  /// After the change; for kDeleted the last state, with the deletion's revision in resourceVersion.
  /// Empty for kBookmark.
  Object object;
  Object old;  ///< before the change; empty for kAdded and kBookmark, and when the store does not know it
  uint64_t revision = 0;
};

struct ListOptions {
  std::string ns;  ///< empty: all namespaces
  api::Selector labels = {};
  FieldSelector fields = {};
  // Lists only; watches look at neither of these.
  size_t limit = 0;                  ///< at most so many items; 0: all
  std::optional<ObjectKey> after{};  ///< only items behind this one (its kind is not looked at)
  std::optional<uint64_t> at{};      ///< as things were at this revision; absent: now
};

struct ListResult {
  std::vector<Object> items;  ///< by namespace, then name
  uint64_t revision = 0;      ///< of the store when the list was made, or ListOptions::at; watch from here
  size_t remaining = 0;       ///< items that the limit left out
};

struct Preconditions {
  std::optional<std::string> uid;
  std::optional<uint64_t> revision;
};

/// A running watch. Destroying it ends it.
class Watch {
 public:
  virtual ~Watch() = default;
  /// Everything that happened since the last call, in revision order: at least one event, unless it was interrupted.
  /// A watch whose reader falls behind the store's history ends with kExpired; a stopping store ends it with
  /// kCancelled.
  virtual Task<Result<std::vector<WatchEvent>>> Next() = 0;
  /// Calls `then` once when Next() would return soon, or from within this call if it would now, or does not know. For
  /// who has many watches: a Next() that waits takes some kilobytes. Not while Next() is under way; dropped with the
  /// watch.
  virtual void WhenReady(std::function<void()> then) { then(); }
  /// The Next() under way, or else the next one, returns soon, with what there is: perhaps nothing.
  virtual void Interrupt() = 0;
  /// Everything up to here was returned by Next() or is not for this watch; a new watch may start here.
  virtual uint64_t revision() const = 0;
};

/// What can be read of objects, wherever they are.
class ObjectReader {
 public:
  virtual ~ObjectReader() = default;

  virtual Task<Result<Object>> Get(ObjectKey key) = 0;
  virtual Task<Result<ListResult>> List(std::string kind, ListOptions options) = 0;
  /// Every change of `kind` after `revision`. An object whose labels stop matching is reported deleted, one that
  /// starts matching added.
  virtual Task<Result<std::unique_ptr<Watch>>> StartWatch(std::string kind, ListOptions options, uint64_t revision) = 0;
};

class ObjectStore : public ObjectReader {
 public:
  /// Stores a new object; returns it with its revision.
  virtual Task<Result<Object>> Create(Object object) = 0;
  /// Replaces an object. object.revision() != 0 must match the stored one, else kConflict; 0 replaces whatever
  /// is there. A replacement equal to what is stored writes nothing and keeps the revision.
  virtual Task<Result<Object>> Update(Object object) = 0;
  /// Removes an object at once; returns its last state.
  virtual Task<Result<Object>> Delete(ObjectKey key, Preconditions preconditions) = 0;
};

}  // namespace ordinal::store
