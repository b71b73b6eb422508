#include "agent/api/kinds/service_account/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kServiceAccountFields[] = {
    String("apiVersion"),
    Tag(4, Optional(Bool("automountServiceAccountToken")), "whether pods get a token"),
    Tag(3, List(Struct("imagePullSecrets", kLocalObjectReference)), "secrets for pulling the images of its pods"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, List(Struct("secrets", kObjectReference), "name"), "secrets its pods may use"),
};

}  // namespace

constinit const StructType kServiceAccount{"ServiceAccount", kServiceAccountFields,
                                           "who processes of a pod are at the API"};

}  // namespace ordinal::api::schema
