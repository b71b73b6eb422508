// Door: the one way to write. Decodes, defaults, validates and admits an object and hands it to the store; the
// same for manifest files, controllers and HTTP.
//
// Admission here: uid, creationTimestamp, generation (bumped when anything but metadata and status changes),
// status kept on spec writes and spec kept on status writes, deletion semantics:
//   - a pod with a node is marked (deletionTimestamp = now + grace, deletionGracePeriodSeconds) and stays until
//     the node deletes it with grace 0; deleting again may only shorten the grace;
//   - an object with finalizers is marked and goes when the last finalizer does;
//   - a namespace is marked, is Terminating, and goes when its spec.finalizers are gone too;
//   - everything else goes at once.
// kubernetes.io/pv-protection and kubernetes.io/pvc-protection are put on new volumes and claims; the latter holds a
// claim only while a pod on a node uses it (claim_protection.h).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/decode.h"
#include "agent/base/random.h"
#include "agent/store/admit.h"

namespace ordinal::store {

struct DeleteOptions {
  std::optional<int64_t> grace_seconds = {};  ///< absent: the pod's terminationGracePeriodSeconds
  Preconditions preconditions = {};
  Propagation propagation = Propagation::kBackground;
  bool dry_run = false;
};

/// What is wrong with a document, field by field.
struct Findings {
  std::vector<FieldError> faults;
  bool malformed = false;  ///< not of its kind's shape, as in api::DecodeFailure
};

/// How Create and Change write.
struct WriteOptions {
  enum class Part {
    kEverything,  ///< metadata, spec and status
    kSpec,        ///< everything but status
    kStatus,      ///< status, labels and annotations
  };
  Part part = Part::kEverything;  ///< of Change
  api::UnknownFields unknown_fields = api::UnknownFields::kRefuse;
  bool dry_run = false;  ///< everything is checked and nothing written
  /// Makes the document to go on with of a decoded one and the stored one (null when there is none), before admission:
  /// adds managedFields. Null: the document stays.
  std::function<Json(Json body, const Json& old_body)> track = nullptr;
  Findings* findings = nullptr;  ///< filled in when the document is at fault; lives as long as the call
};

struct Written {
  Object object;
  std::vector<std::string> warnings;
};

struct Removed {
  Object object;      ///< marked, or its last state
  bool gone = false;  ///< false: it lingers
};

class Door {
 public:
  Door(ObjectStore& store, Clock& clock, Random& random);

  /// kInvalid carries every field fault in its message, one a line. metadata.generateName is completed.
  Task<Result<Written>> Create(Json body);
  Task<Result<Written>> Create(Json body, WriteOptions options);
  /// Writes everything but status. metadata.resourceVersion, when present, must match.
  Task<Result<Written>> Update(Json body);
  /// Writes only status. `uid`, when not empty, must match.
  Task<Result<Object>> UpdateStatus(ObjectKey key, std::string uid, Json status);
  /// Reads, lets `change` edit the document, writes; reads again on a conflict (up to 5 times). `change` returns
  /// false to leave things as they are. `change` may touch metadata, spec and status together: for controllers.
  Task<Result<Object>> Modify(ObjectKey key, std::function<bool(Json&)> change);
  /// Makes the next document of the stored object, or says why not.
  using Edit = std::function<Result<Json>(const Object& current)>;
  /// Reads, edits, checks and writes the part that `options` name. A resourceVersion or uid in the edited document must
  /// be the stored one's, else kConflict; a write that came in between is a reason to edit again (up to 5 times).
  Task<Result<Written>> Change(ObjectKey key, Edit edit, WriteOptions options);
  /// The object after the call: marked, or its last state.
  Task<Result<Object>> Delete(ObjectKey key, DeleteOptions options);
  Task<Result<Removed>> Remove(ObjectKey key, DeleteOptions options);

  ObjectStore& store() { return store_; }

 private:
  ObjectStore& store_;
  Clock& clock_;
  Random& random_;
};

}  // namespace ordinal::store
