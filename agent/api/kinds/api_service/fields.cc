#include "agent/api/kinds/api_service/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kAPIServiceFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kAPIServiceSpec), "{}"), "which group and version, and where it is served"),
    Tag(3, Default(Struct("status", kAPIServiceStatus), "{}")),
};

constexpr Field kAPIServiceSpecFields[] = {
    Tag(5, Bytes("caBundle")),
    Tag(2, String("group")),
    Tag(7, Listed(Int32("groupPriorityMinimum"))),
    Tag(4, Bool("insecureSkipTLSVerify")),
    Tag(1, Optional(Struct("service", kAPIServiceReference)), "the service that serves it; absent: this API itself"),
    Tag(3, String("version")),
    Tag(8, Listed(Int32("versionPriority"))),
};

constexpr Field kAPIServiceReferenceFields[] = {
    Tag(2, String("name")),
    Tag(1, String("namespace")),
    Tag(3, Optional(Default(Int32("port"), "443"))),
};

constexpr Field kAPIServiceStatusFields[] = {
    Tag(1, List(Struct("conditions", kAPIServiceCondition), "type")),
};

constexpr Field kAPIServiceConditionFields[] = {
    Tag(3, Time("lastTransitionTime")), Tag(5, String("message")),      Tag(4, String("reason")),
    Tag(2, Listed(String("status"))),   Tag(1, Listed(String("type"))),
};

}  // namespace

constinit const StructType kAPIService{"APIService", kAPIServiceFields, "who serves a version of a group of the API"};
constinit const StructType kAPIServiceSpec{"APIServiceSpec", kAPIServiceSpecFields};
constinit const StructType kAPIServiceReference{"ServiceReference", kAPIServiceReferenceFields};
constinit const StructType kAPIServiceStatus{"APIServiceStatus", kAPIServiceStatusFields};
constinit const StructType kAPIServiceCondition{"APIServiceCondition", kAPIServiceConditionFields};

}  // namespace ordinal::api::schema
