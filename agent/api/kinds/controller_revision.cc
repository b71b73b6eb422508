#include "agent/api/faults.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/read.h"
#include "agent/api/schema/types.h"

namespace ordinal::api {
namespace {

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults(errors).NotNegative(Path("revision"), ReadInt(body, "revision"));
}

/// The snapshot is what it was made from; only its number moves.
void ValidateUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  if (Member(body, "data") == Member(old_body, "data")) return;
  Faults(errors).Add(Path("data"), kInvalid, "may not change after creation");
}

}  // namespace

constinit const KindInfo kinds::kControllerRevision{
    .group = "apps",
    .version = "v1",
    .kind = "ControllerRevision",
    .plural = "controllerrevisions",
    .singular = "controllerrevision",
    .short_names = {},
    .schema = &schema::kControllerRevision,
    .old_versions = {},
    .validate = Validate,
    .validate_update = ValidateUpdate,
};

}  // namespace ordinal::api
