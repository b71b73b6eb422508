#include "agent/api/kinds/runtime_class/fields.h"

#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kRuntimeClassFields[] = {
    String("apiVersion"),
    Tag(2, Immutable(Required(String("handler"))), "the name the runtime's configuration has for it, as runc or kata"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(3, Optional(Struct("overhead", kOverhead)), "what a pod of it takes beyond its containers"),
    Tag(4, Optional(Struct("scheduling", kScheduling)), "which nodes have it"),
};

constexpr Field kOverheadFields[] = {
    Tag(1, Map(Quantity("podFixed")), "of every pod"),
};

constexpr Field kSchedulingFields[] = {
    Tag(1, Atomic(Map(String("nodeSelector"))), "labels of these nodes, added to the pod's nodeSelector"),
    Tag(2, List(Struct("tolerations", kToleration)), "added to the pod's tolerations"),
};

}  // namespace

constinit const StructType kRuntimeClass{"RuntimeClass", kRuntimeClassFields,
                                         "a way to run pods that the node's runtime has"};
constinit const StructType kOverhead{"Overhead", kOverheadFields};
constinit const StructType kScheduling{"Scheduling", kSchedulingFields};

}  // namespace ordinal::api::schema
