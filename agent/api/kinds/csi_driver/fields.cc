#include "agent/api/kinds/csi_driver/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kCSIDriverFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Listed(Default(Struct("spec", kCSIDriverSpec), "{}")), "what the driver can and needs"),
};

constexpr Field kCSIDriverSpecFields[] = {
    Tag(1, Optional(Default(Bool("attachRequired"), "true"))),
    Tag(5, Optional(Default(String("fsGroupPolicy"), R"("ReadWriteOnceWithFSType")"))),
    Tag(9, Optional(Int64("nodeAllocatableUpdatePeriodSeconds"))),
    Tag(2, Optional(Default(Bool("podInfoOnMount"), "false"))),
    Tag(11, Optional(Bool("preventPodSchedulingIfMissing"))),
    Tag(7, Optional(Default(Bool("requiresRepublish"), "false"))),
    Tag(8, Optional(Default(Bool("seLinuxMount"), "false"))),
    Tag(10, Optional(Bool("serviceAccountTokenInSecrets"))),
    Tag(4, Optional(Default(Bool("storageCapacity"), "false"))),
    Tag(6, List(Struct("tokenRequests", kCSITokenRequest))),
    Tag(3, List(String("volumeLifecycleModes"))),
};

constexpr Field kCSITokenRequestFields[] = {
    Tag(1, Listed(String("audience"))),
    Tag(2, Optional(Int64("expirationSeconds"))),
};

}  // namespace

constinit const StructType kCSIDriver{"CSIDriver", kCSIDriverFields, "a driver of volumes, and what it needs"};
constinit const StructType kCSIDriverSpec{"CSIDriverSpec", kCSIDriverSpecFields};
constinit const StructType kCSITokenRequest{"TokenRequest", kCSITokenRequestFields};

}  // namespace ordinal::api::schema
