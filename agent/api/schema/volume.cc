// PersistentVolume, PersistentVolumeClaim and StorageClass.
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kPersistentVolumeFields[] = {
    String("apiVersion"),
    String("kind"),
    Default(Struct("metadata", kObjectMeta), "{}"),
    Default(Struct("spec", kPersistentVolumeSpec), "{}"),
    Default(Struct("status", kPersistentVolumeStatus), R"({"phase":"Pending"})"),
};

constexpr Field kPersistentVolumeSpecFields[] = {
    List(String("accessModes")),
    Struct("awsElasticBlockStore", kAWSElasticBlockStoreVolumeSource),
    Struct("azureDisk", kAzureDiskVolumeSource),
    Struct("azureFile", kAzureFilePersistentVolumeSource),
    Map(Quantity("capacity")),
    Struct("cephfs", kCephFSPersistentVolumeSource),
    Struct("cinder", kCinderPersistentVolumeSource),
    Granular(Struct("claimRef", kObjectReference)),
    Struct("csi", kCSIPersistentVolumeSource),
    Struct("fc", kFCVolumeSource),
    Struct("flexVolume", kFlexPersistentVolumeSource),
    Struct("flocker", kFlockerVolumeSource),
    Struct("gcePersistentDisk", kGCEPersistentDiskVolumeSource),
    Struct("glusterfs", kGlusterfsPersistentVolumeSource),
    Struct("hostPath", kHostPathVolumeSource),
    Struct("iscsi", kISCSIPersistentVolumeSource),
    Struct("local", kLocalVolumeSource),
    List(String("mountOptions")),
    Struct("nfs", kNFSVolumeSource),
    Struct("nodeAffinity", kVolumeNodeAffinity),
    Default(String("persistentVolumeReclaimPolicy"), R"("Retain")"),
    Struct("photonPersistentDisk", kPhotonPersistentDiskVolumeSource),
    Struct("portworxVolume", kPortworxVolumeSource),
    Struct("quobyte", kQuobyteVolumeSource),
    Struct("rbd", kRBDPersistentVolumeSource),
    Struct("scaleIO", kScaleIOPersistentVolumeSource),
    String("storageClassName"),
    Struct("storageos", kStorageOSPersistentVolumeSource),
    String("volumeAttributesClassName"),
    Default(String("volumeMode"), R"("Filesystem")"),
    Struct("vsphereVolume", kVsphereVirtualDiskVolumeSource),
};

constexpr Field kPersistentVolumeStatusFields[] = {
    Time("lastPhaseTransitionTime"),
    String("message"),
    String("phase"),
    String("reason"),
};

constexpr Field kVolumeNodeAffinityFields[] = {
    Struct("required", kNodeSelector),
};

constexpr Field kPersistentVolumeClaimFields[] = {
    String("apiVersion"),
    String("kind"),
    Default(Struct("metadata", kObjectMeta), "{}"),
    Default(Struct("spec", kPersistentVolumeClaimSpec), "{}"),
    Default(Struct("status", kPersistentVolumeClaimStatus), R"({"phase":"Pending"})"),
};

constexpr Field kPersistentVolumeClaimSpecFields[] = {
    List(String("accessModes")),
    Struct("dataSource", kTypedLocalObjectReference),
    Struct("dataSourceRef", kTypedObjectReference),
    Default(Struct("resources", kVolumeResourceRequirements), "{}"),
    Struct("selector", kLabelSelector),
    String("storageClassName"),
    String("volumeAttributesClassName"),
    Default(String("volumeMode"), R"("Filesystem")"),
    String("volumeName"),
};

constexpr Field kPersistentVolumeClaimStatusFields[] = {
    List(String("accessModes")),
    Map(String("allocatedResourceStatuses")),
    Map(Quantity("allocatedResources")),
    Map(Quantity("capacity")),
    List(Struct("conditions", kPersistentVolumeClaimCondition), "type"),
    String("currentVolumeAttributesClassName"),
    Struct("modifyVolumeStatus", kModifyVolumeStatus),
    String("phase"),
};

constexpr Field kPersistentVolumeClaimConditionFields[] = {
    Time("lastProbeTime"), Time("lastTransitionTime"), String("message"),
    String("reason"),      String("status"),           String("type"),
};

constexpr Field kVolumeResourceRequirementsFields[] = {
    Map(Quantity("limits")),
    Map(Quantity("requests")),
};

constexpr Field kModifyVolumeStatusFields[] = {
    String("status"),
    String("targetVolumeAttributesClassName"),
};

constexpr Field kStorageClassFields[] = {
    Bool("allowVolumeExpansion"),
    List(Struct("allowedTopologies", kTopologySelectorTerm)),
    String("apiVersion"),
    String("kind"),
    Struct("metadata", kObjectMeta),
    List(String("mountOptions")),
    Map(String("parameters")),
    Required(String("provisioner")),
    Default(String("reclaimPolicy"), R"("Delete")"),
    Default(String("volumeBindingMode"), R"("Immediate")"),
};

constexpr Field kTopologySelectorTermFields[] = {
    List(Struct("matchLabelExpressions", kTopologySelectorLabelRequirement)),
};

constexpr Field kTopologySelectorLabelRequirementFields[] = {
    Required(String("key")),
    Required(List(String("values"))),
};

}  // namespace

constinit const StructType kPersistentVolume{"PersistentVolume", kPersistentVolumeFields};
constinit const StructType kPersistentVolumeSpec{"PersistentVolumeSpec", kPersistentVolumeSpecFields};
constinit const StructType kPersistentVolumeStatus{"PersistentVolumeStatus", kPersistentVolumeStatusFields};
constinit const StructType kVolumeNodeAffinity{"VolumeNodeAffinity", kVolumeNodeAffinityFields};
constinit const StructType kPersistentVolumeClaim{"PersistentVolumeClaim", kPersistentVolumeClaimFields};
constinit const StructType kPersistentVolumeClaimSpec{"PersistentVolumeClaimSpec", kPersistentVolumeClaimSpecFields};
constinit const StructType kPersistentVolumeClaimStatus{"PersistentVolumeClaimStatus",
                                                        kPersistentVolumeClaimStatusFields};
constinit const StructType kPersistentVolumeClaimCondition{"PersistentVolumeClaimCondition",
                                                           kPersistentVolumeClaimConditionFields};
constinit const StructType kVolumeResourceRequirements{"VolumeResourceRequirements", kVolumeResourceRequirementsFields};
constinit const StructType kModifyVolumeStatus{"ModifyVolumeStatus", kModifyVolumeStatusFields};
constinit const StructType kStorageClass{"StorageClass", kStorageClassFields};
constinit const StructType kTopologySelectorTerm{"TopologySelectorTerm", kTopologySelectorTermFields, kAtomic};
constinit const StructType kTopologySelectorLabelRequirement{"TopologySelectorLabelRequirement",
                                                             kTopologySelectorLabelRequirementFields};

}  // namespace ordinal::api::schema
