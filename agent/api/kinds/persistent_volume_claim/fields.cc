#include "agent/api/kinds/persistent_volume_claim/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kPersistentVolumeClaimFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kPersistentVolumeClaimSpec), "{}"), "what is wanted"),
    Tag(3, Default(Struct("status", kPersistentVolumeClaimStatus), R"({"phase":"Pending"})"), "what was last seen"),
};

constexpr Field kPersistentVolumeClaimSpecFields[] = {
    Tag(1, List(OneOf(String("accessModes"), kAccessModes)),
        "how it will be mounted: ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod"),
    Tag(7, Optional(Struct("dataSource", kTypedLocalObjectReference))),
    Tag(8, Optional(Struct("dataSourceRef", kTypedObjectReference))),
    Tag(2, Default(Struct("resources", kVolumeResourceRequirements), "{}"), "how much storage is needed"),
    Tag(4, Optional(Struct("selector", kLabelSelector)), "which volumes will do"),
    Tag(5, Optional(String("storageClassName")),
        "the class of storage; \"\" for volumes of no class, the default class when absent"),
    Tag(9, Optional(String("volumeAttributesClassName"))),
    Tag(6, Optional(Default(OneOf(String("volumeMode"), kVolumeModes), R"("Filesystem")")),
        "Filesystem (the default) or Block"),
    Tag(3, String("volumeName"), "the volume it is bound to"),
};

constexpr Field kPersistentVolumeClaimStatusFields[] = {
    Tag(2, List(OneOf(String("accessModes"), kAccessModes)), "what the bound volume offers"),
    Tag(7, Map(String("allocatedResourceStatuses"))),
    Tag(5, Map(Quantity("allocatedResources"))),
    Tag(3, Map(Quantity("capacity")), "how much the bound volume holds"),
    Tag(4, List(Struct("conditions", kPersistentVolumeClaimCondition), "type")),
    Tag(8, Optional(String("currentVolumeAttributesClassName"))),
    Tag(9, Optional(Struct("modifyVolumeStatus", kModifyVolumeStatus))),
    Tag(1, OneOf(String("phase"), kClaimPhases), "Pending, Bound or Lost"),
};

constexpr Field kPersistentVolumeClaimConditionFields[] = {
    Tag(3, Time("lastProbeTime")), Tag(4, Time("lastTransitionTime")), Tag(6, String("message")),
    Tag(5, String("reason")),      Tag(2, String("status")),           Tag(1, String("type")),
};

constexpr Field kVolumeResourceRequirementsFields[] = {
    Tag(1, Map(Quantity("limits")), "how much storage is accepted at most"),
    Tag(2, Map(Quantity("requests")), "how much storage is needed: storage: 1Gi"),
};

constexpr Field kModifyVolumeStatusFields[] = {
    Tag(2, OneOf(String("status"), kModifyStates)),
    Tag(1, String("targetVolumeAttributesClassName")),
};

}  // namespace

constinit const StructType kPersistentVolumeClaim{"PersistentVolumeClaim", kPersistentVolumeClaimFields,
                                                  "a request for storage, bound to one volume"};
constinit const StructType kPersistentVolumeClaimSpec{"PersistentVolumeClaimSpec", kPersistentVolumeClaimSpecFields};
constinit const StructType kPersistentVolumeClaimStatus{"PersistentVolumeClaimStatus",
                                                        kPersistentVolumeClaimStatusFields};
constinit const StructType kPersistentVolumeClaimCondition{"PersistentVolumeClaimCondition",
                                                           kPersistentVolumeClaimConditionFields};
constinit const StructType kVolumeResourceRequirements{"VolumeResourceRequirements", kVolumeResourceRequirementsFields};
constinit const StructType kModifyVolumeStatus{"ModifyVolumeStatus", kModifyVolumeStatusFields};

}  // namespace ordinal::api::schema
