// Door: the one way to write. Decodes, defaults, validates and admits an object and hands it to the store; the
// same for manifest files, controllers and (later) HTTP.
//
// Admission here: uid, creationTimestamp, generation (bumped when anything but metadata and status changes),
// status kept on spec writes and spec kept on status writes, deletion semantics:
//   - a pod with a node is marked (deletionTimestamp = now + grace, deletionGracePeriodSeconds) and stays until
//     the node deletes it with grace 0; deleting again may only shorten the grace;
//   - an object with finalizers is marked and goes when the last finalizer does;
//   - everything else goes at once.
// kubernetes.io/pv-protection and kubernetes.io/pvc-protection are put on new volumes and claims.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/decode.h"
#include "agent/base/random.h"
#include "agent/store/object_store.h"

namespace ordinal::store {

struct DeleteOptions {
  std::optional<int64_t> grace_seconds;  ///< absent: the pod's terminationGracePeriodSeconds
  Preconditions preconditions;
};

struct Written {
  Object object;
  std::vector<std::string> warnings;
};

class Door {
 public:
  Door(ObjectStore& store, Clock& clock, Random& random);

  /// kInvalid carries every field fault in its message, one a line. metadata.generateName is completed.
  Task<Result<Written>> Create(Json body);
  /// Writes everything but status. metadata.resourceVersion, when present, must match.
  Task<Result<Written>> Update(Json body);
  /// Writes only status. `uid`, when not empty, must match.
  Task<Result<Object>> UpdateStatus(ObjectKey key, std::string uid, Json status);
  /// Reads, lets `change` edit the document, writes; reads again on a conflict (up to 5 times). `change` returns
  /// false to leave things as they are. `change` may touch metadata, spec and status together: for controllers.
  Task<Result<Object>> Modify(ObjectKey key, std::function<bool(Json&)> change);
  /// The object after the call: marked, or its last state.
  Task<Result<Object>> Delete(ObjectKey key, DeleteOptions options);

  ObjectStore& store() { return store_; }

 private:
  ObjectStore& store_;
  Clock& clock_;
  Random& random_;
};

}  // namespace ordinal::store
