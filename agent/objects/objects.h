// Objects: the verbs by which every part reads and writes objects. What is behind them, admission over the embedded
// store (local/) or a Kubernetes API server, is no matter of the parts; implementations pass one contract suite
// (tests/contract/objects_contract.h).
//
// All calls are coroutines of the control thread. A write that returned is as durable as what is behind it, and is in
// the caches (read_your_writes.h). Errors of reads are those of store/object_store.h; of writes beside these: kInvalid
// (every field fault a line of the message), kConflict (revision, uid, or an owner of fields), kAlreadyExists.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/decode.h"
#include "agent/api/patch/apply.h"
#include "agent/store/object_store.h"

namespace ordinal::objects {

using api::FieldError;
using api::Json;
using store::Object;
using store::ObjectKey;
using store::Preconditions;

/// What becomes of the objects that a deleted one owns (metav1.DeletionPropagation).
enum class Propagation {
  kBackground,  ///< they go after it
  kForeground,  ///< they go before it: it waits with the finalizer foregroundDeletion
  kOrphan,      ///< they stay and lose their owner: it waits with the finalizer orphan
};

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
  /// How a refusal names a new object whose name is made up: by that name, or by metadata.generateName where the
  /// reference has made up none yet. Empty: by the name it has.
  std::string name;
};

/// How a document is written.
struct WriteOptions {
  enum class Part {
    kEverything,           ///< metadata, spec and status
    kSpec,                 ///< everything but status
    kStatus,               ///< status, labels and annotations
    kEphemeralContainers,  ///< the ephemeral containers of a pod, which no other part may change
    kApproval,             ///< of a request of a certificate: its conditions
    kResize,               ///< of a pod: cpu and memory of it and what runs in it (agent/api/kinds/pod/resize.h)
  };
  Part part = Part::kEverything;  ///< of Change
  api::UnknownFields unknown_fields = api::UnknownFields::kRefuse;
  bool dry_run = false;  ///< everything is checked and nothing written
  /// Makes the document to go on with of a decoded one and the stored one (null when there is none), before admission:
  /// adds managedFields. Null: the document stays.
  std::function<Json(Json body, const Json& old_body)> track = nullptr;
  /// Whether who writes may write this: the document as it is to be stored, and what it was (empty: nothing). An error
  /// ends the write. Null: nobody asks.
  std::function<Status(const Json& body, const Object& old)> permit = nullptr;
  /// Who writes, as an object that keeps that says it (username, groups, uid, extra). Null: the agent itself.
  std::function<Json()> author = nullptr;
  Findings* findings = nullptr;  ///< filled in when the document is at fault; lives as long as the call
};

struct Written {
  Object object;
  std::vector<std::string> warnings;
  bool created = false;  ///< it was not there before
};

struct Removed {
  Object object;      ///< marked, or its last state
  bool gone = false;  ///< false: it lingers
};

/// A configuration that names a uid or revision means an object that is there: applying it makes none.
bool MeansExisting(const Json& config);

class Objects : public store::ObjectReader {
 public:
  /// Makes the next document of the stored object, or says why not.
  using Edit = std::function<Result<Json>(const Object& current)>;

  /// metadata.generateName is completed.
  virtual Task<Result<Written>> Create(Json body, WriteOptions options) = 0;
  /// Reads, edits, checks and writes the part that `options` name. A resourceVersion or uid in the edited document must
  /// be the stored one's, else kConflict; a write that came in between is a reason to edit again (up to 5 times).
  virtual Task<Result<Written>> Change(ObjectKey key, Edit edit, WriteOptions options) = 0;
  /// Writes everything but status. metadata.resourceVersion and uid, when present, must match.
  virtual Task<Result<Written>> Update(Json body) = 0;
  /// Writes only status, whole. `uid`, when not empty, must match.
  virtual Task<Result<Object>> UpdateStatus(ObjectKey key, std::string uid, Json status) = 0;
  /// Reads, lets `change` edit the document, writes; reads again on a conflict (up to 5 times). `change` returns
  /// false to leave things as they are. It may touch metadata, spec and status together; where these are written one
  /// after another, the status comes last.
  virtual Task<Result<Object>> Modify(ObjectKey key, std::function<bool(Json&)> change) = 0;
  /// Server-side apply: merges `config` into what is stored as `request.manager`, or creates it. kConflict with
  /// `conflicts` (which may be null) filled when the fields are others'.
  virtual Task<Result<Written>> Apply(ObjectKey key, Json config, api::ApplyRequest request, WriteOptions options,
                                      std::vector<api::FieldConflict>* conflicts) = 0;
  /// Gives the pod a node: spec.nodeName and the condition PodScheduled. kConflict when it has one, or is being
  /// deleted. `uid`, when not empty, must match.
  virtual Task<Result<Object>> Bind(ObjectKey pod, std::string uid, std::string node, WriteOptions options) = 0;
  /// A token of the service account: `request` is an authentication.k8s.io/v1 TokenRequest, and the answer is the same
  /// with its status (token, expirationTimestamp). kNotFound without the account or the pod it is to be bound to;
  /// kNotSupported when nobody here signs tokens.
  virtual Task<Result<Json>> RequestToken(ObjectKey account, Json request) = 0;
  /// Deletes an object, or marks it: a pod until its node lets it go, an object with finalizers until they are gone.
  virtual Task<Result<Removed>> Remove(ObjectKey key, DeleteOptions options) = 0;

  /// Create() with the usual options.
  Task<Result<Written>> Create(Json body) { return Create(std::move(body), WriteOptions()); }
  /// What Remove() left: marked, or its last state.
  Task<Result<Object>> Delete(ObjectKey key, DeleteOptions options);
};

}  // namespace ordinal::objects
