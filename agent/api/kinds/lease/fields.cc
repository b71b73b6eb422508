#include "agent/api/kinds/lease/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kLeaseFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, Struct("spec", kLeaseSpec)),
};

constexpr Field kLeaseSpecFields[] = {
    Tag(3, Optional(MicroTime("acquireTime")), "since when the holder has it"),
    Tag(1, Optional(String("holderIdentity")), "who holds it"),
    Tag(2, Optional(Int32("leaseDurationSeconds")), "seconds after renewTime when it may be taken"),
    Tag(5, Optional(Int32("leaseTransitions")), "how often the holder changed"),
    Tag(7, Optional(String("preferredHolder"))),
    Tag(4, Optional(MicroTime("renewTime")), "when the holder last said it is there"),
    Tag(6, Optional(String("strategy"))),
};

}  // namespace

constinit const StructType kLease{"Lease", kLeaseFields, "who holds something, and until when"};
constinit const StructType kLeaseSpec{"LeaseSpec", kLeaseSpecFields};

}  // namespace ordinal::api::schema
