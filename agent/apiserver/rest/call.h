// Call: one request on its way through a handler: what it asks for, taken apart and checked.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/patch/apply.h"
#include "agent/apiserver/rest/content.h"
#include "agent/apiserver/rest/route.h"
#include "agent/apiserver/rest/status.h"
#include "agent/base/random.h"
#include "agent/objects/objects.h"

namespace ordinal::apiserver::auth {
class Authorizer;
}

namespace ordinal::apiserver::rest {

/// What the handlers work with. They run on the control thread and own nothing.
struct Parts {
  objects::Objects& stored;
  Clock& clock;
  Random& random;
  Executor executor;
  /// Says which rights people may give, and what a PATCH may make; null: only members of "system:masters" give any, and
  /// whoever may patch makes objects.
  const auth::Authorizer* access = nullptr;
};

struct Call {
  Call(Parts parts, std::shared_ptr<const http::Request> asked, Route found)
      : with(std::move(parts)), request(std::move(asked)), route(std::move(found)) {}

  Parts with;
  std::shared_ptr<const http::Request> request;
  Route route;
  Accept accept;
  std::string name;                   ///< of the object that errors speak of; a create learns it from the body
  std::vector<std::string> warnings;  ///< for the answer's Warning headers
  objects::Findings findings;
  std::vector<api::FieldConflict> conflicts;  ///< of a server-side apply
  Repeats repeats;                            ///< of the body (rest/fields.h)
  std::vector<std::string> patch_warnings;    ///< of what the patch made; once more for each edit (rest/fields.h)
  std::optional<Refusal> refusal;             ///< how to refuse it, where an error cannot say that
  api::Object before;                         ///< what the last edit was made of; empty for a new object

  const api::KindInfo& kind() const { return *route.kind; }
  api::ObjectKey key() const { return {std::string(api::KeyOf(kind())), route.ns, route.name}; }
  bool dry_run() const { return request->Query("dryRun") == "All"; }
};

/// A list's or watch's labelSelector, fieldSelector, and the name of a path, as the store wants them.
Result<store::ListOptions> SelectionOf(const Call& call);

/// What a write obeys: dryRun and fieldManager, whose managedFields are kept; unknown fields go without a word, which
/// rest/fields.h has said. kInvalid for values that these parameters and fieldValidation do not have.
Result<objects::WriteOptions> WriteOptionsOf(Call& call);

/// Who writes: fieldManager, else the first part of the User-Agent.
Result<api::FieldWriter> FieldManagerOf(const Call& call);

/// The body as an object of the call's kind, version and place. An absent namespace becomes the path's. kInvalid with
/// reason BadRequest says what does not fit.
Result<api::Json> ObjectOf(Call& call);

/// A whole number; nothing when absent. kInvalid for anything else.
Result<std::optional<uint64_t>> NumberOf(const http::Request& request, std::string_view parameter);

}  // namespace ordinal::apiserver::rest
