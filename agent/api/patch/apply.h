// Server-side apply, and the keeping of metadata.managedFields through every other write. Pure functions, on any
// thread; time is that of walking the object a few times.
//
// When to call what (kube-apiserver's order):
//   create, update, patch    decode (with defaults) → TrackUpdate → admit → store
//   apply                    ServerSideApply → decode (with defaults) → admit → store, without TrackUpdate
// so that fields filled in by the store or by admission (cluster addresses, uid, generation) have no owner.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/api/kind.h"
#include "agent/base/clock.h"

namespace ordinal::api {

/// Who writes.
struct FieldWriter {
  std::string name;         ///< see ManagerName
  std::string api_version;  ///< of the request: "apps/v1"
  std::string subresource;  ///< "status", "scale"; empty for the object itself
};

/// The name of a request's manager: its fieldManager parameter, or what is before the first "/" of its User-Agent,
/// at most 128 bytes. kInvalid (reason "Invalid", field "fieldManager") for a parameter that is longer or not
/// printable.
Result<std::string> ManagerName(std::string_view parameter, std::string_view user_agent);

/// `now` with metadata.managedFields after a create (`old` empty), update or patch by `manager`. The fields that
/// differ are its own and nobody else's from now on; entries whose fields do not change keep their time.
/// A client may write managedFields itself: those of `now` count when they are valid, and a list of one empty entry
/// resets them. Those of `old` count when `now` has none, or when a subresource is written.
Json TrackUpdate(const KindInfo& kind, const Json& old, Json now, const FieldWriter& manager, WallTime time);

struct ApplyRequest {
  FieldWriter manager;
  bool force = false;  ///< take over the fields of others instead of failing
  WallTime time;
  bool may_create = true;  ///< what is not there is made; else it is kNotFound
  /// Where there may be one of several members (a volume's source, a probe's handler) and the configuration names one,
  /// the others go, whoever set them; else such a mixture is for validation to refuse, as in the reference.
  bool choices = false;
};

/// `live` with an applier who owns what he applied before managers were kept: the fields of `applied`, but for those
/// that others own by now. As it was when that applier has an entry already.
Json WithApplier(const KindInfo& kind, Json live, const Json& applied, const FieldWriter& manager, WallTime time);

/// Whether metadata.managedFields of `body` say that `manager` applied this annotation of it.
bool AppliedAnnotation(const Json& body, std::string_view manager, std::string_view annotation);

/// A field that the configuration sets and that somebody else owns with another value.
struct FieldConflict {
  std::string field;    ///< ".spec.template.spec.containers[name=\"web\"].image"
  std::string message;  ///< `conflict with "kubectl" using apps/v1`; cause FieldManagerConflict of a Status
};

struct ApplyFailure {
  /// kConflict, reason "Conflict" (409), with `conflicts`, the message kubectl prints: `Apply failed with 1 conflict:
  /// …`; or kInvalid, reason "BadRequest" (400), when the configuration is not of its kind's form.
  Error error;
  std::vector<FieldConflict> conflicts;
};

/// application/apply-patch+yaml. `live` is the stored object; null when there is none, and the result is then the new
/// object. The result has its managedFields and is not yet defaulted or validated; it equals `live` when the
/// configuration changes nothing. metadata.resourceVersion and uid of the configuration are the caller's to compare.
std::variant<Json, ApplyFailure> ServerSideApply(const KindInfo& kind, const Json& live, Json config,
                                                 const ApplyRequest& request);

}  // namespace ordinal::api
