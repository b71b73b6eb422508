#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/kinds/storage_class/fields.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kStorageClassFields[] = {
    Tag(6, Optional(Bool("allowVolumeExpansion")), "whether claims may grow"),
    Tag(8, List(Struct("allowedTopologies", kTopologySelectorTerm))),
    String("apiVersion"),
    String("kind"),
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(5, List(String("mountOptions")), "mount options of its volumes"),
    Tag(3, Immutable(Map(String("parameters")), "FieldValueForbidden"), "settings for the provisioner"),
    Tag(2, Immutable(Required(String("provisioner")), "FieldValueForbidden"), "who makes the volumes"),
    Tag(4,
        Optional(
            Immutable(Default(OneOf(String("reclaimPolicy"), kReclaimPolicies), R"("Delete")"), "FieldValueForbidden")),
        "the reclaim policy of its volumes; Delete when absent"),
    Tag(7, Optional(Immutable(Default(OneOf(String("volumeBindingMode"), kBindingModes), R"("Immediate")"))),
        "Immediate (the default) or WaitForFirstConsumer"),
};

constexpr Field kTopologySelectorTermFields[] = {
    Tag(1, List(Struct("matchLabelExpressions", kTopologySelectorLabelRequirement))),
};

constexpr Field kTopologySelectorLabelRequirementFields[] = {
    Tag(1, Required(String("key"))),
    Tag(2, Required(List(String("values")))),
};

}  // namespace

constinit const StructType kStorageClass{"StorageClass", kStorageClassFields, "a kind of storage claims may ask for"};
constinit const StructType kTopologySelectorTerm{"TopologySelectorTerm", kTopologySelectorTermFields, {}, kAtomic};
constinit const StructType kTopologySelectorLabelRequirement{"TopologySelectorLabelRequirement",
                                                             kTopologySelectorLabelRequirementFields};

}  // namespace ordinal::api::schema
