#include "agent/api/kinds/persistent_volume/fields.h"
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kPersistentVolumeFields[] = {
    String("apiVersion"),
    String("kind"),
    Tag(1, Default(Struct("metadata", kObjectMeta), "{}")),
    Tag(2, Default(Struct("spec", kPersistentVolumeSpec), "{}"), "where the storage is and what it can do"),
    Tag(3, Default(Struct("status", kPersistentVolumeStatus), R"({"phase":"Pending"})"), "what was last seen"),
};

constexpr Field kPersistentVolumeSpecFields[] = {
    Tag(3, List(OneOf(String("accessModes"), kAccessModes)), "how it may be mounted"),
    In(2, 2, Optional(Struct("awsElasticBlockStore", kAWSElasticBlockStoreVolumeSource))),
    In(2, 16, Optional(Struct("azureDisk", kAzureDiskVolumeSource))),
    In(2, 13, Optional(Struct("azureFile", kAzureFilePersistentVolumeSource))),
    Tag(1, Map(Quantity("capacity")), "how much it holds"),
    In(2, 9, Optional(Struct("cephfs", kCephFSPersistentVolumeSource))),
    In(2, 8, Optional(Struct("cinder", kCinderPersistentVolumeSource))),
    Tag(4, Optional(Granular(Struct("claimRef", kObjectReference))), "the claim it is bound to"),
    In(2, 22, Optional(Struct("csi", kCSIPersistentVolumeSource))),
    In(2, 10, Optional(Struct("fc", kFCVolumeSource))),
    In(2, 12, Optional(Struct("flexVolume", kFlexPersistentVolumeSource))),
    In(2, 11, Optional(Struct("flocker", kFlockerVolumeSource))),
    In(2, 1, Optional(Struct("gcePersistentDisk", kGCEPersistentDiskVolumeSource))),
    In(2, 4, Optional(Struct("glusterfs", kGlusterfsPersistentVolumeSource))),
    In(2, 3, Optional(Struct("hostPath", kHostPathVolumeSource)), "a directory of the host"),
    In(2, 7, Optional(Struct("iscsi", kISCSIPersistentVolumeSource))),
    In(2, 20, Optional(Struct("local", kLocalVolumeSource)), "a directory or device of one node"),
    Tag(7, List(String("mountOptions")), "options of the mount"),
    In(2, 5, Optional(Struct("nfs", kNFSVolumeSource)), "an NFS export"),
    Tag(9, Optional(Struct("nodeAffinity", kVolumeNodeAffinity)), "the nodes that reach it"),
    Tag(5, Default(OneOf(String("persistentVolumeReclaimPolicy"), kReclaimPolicies), R"("Retain")"),
        "what becomes of it when the claim is gone: Retain, Delete or Recycle"),
    In(2, 17, Optional(Struct("photonPersistentDisk", kPhotonPersistentDiskVolumeSource))),
    In(2, 18, Optional(Struct("portworxVolume", kPortworxVolumeSource))),
    In(2, 15, Optional(Struct("quobyte", kQuobyteVolumeSource))),
    In(2, 6, Optional(Struct("rbd", kRBDPersistentVolumeSource))),
    In(2, 19, Optional(Struct("scaleIO", kScaleIOPersistentVolumeSource))),
    Tag(6, String("storageClassName"), "the class it belongs to"),
    In(2, 21, Optional(Struct("storageos", kStorageOSPersistentVolumeSource))),
    Tag(10, Optional(String("volumeAttributesClassName"))),
    Tag(8, Optional(Default(OneOf(String("volumeMode"), kVolumeModes), R"("Filesystem")")),
        "Filesystem (the default) or Block"),
    In(2, 14, Optional(Struct("vsphereVolume", kVsphereVirtualDiskVolumeSource))),
};

constexpr Field kPersistentVolumeStatusFields[] = {
    Tag(4, Optional(Time("lastPhaseTransitionTime"))),
    Tag(2, String("message"), "what people should know about its state"),
    Tag(1, OneOf(String("phase"), kVolumePhases), "Pending, Available, Bound, Released or Failed"),
    Tag(3, String("reason"), "one word for a failure"),
};

constexpr Field kVolumeNodeAffinityFields[] = {
    Tag(1, Optional(Struct("required", kNodeSelector))),
};

}  // namespace

constinit const StructType kPersistentVolume{"PersistentVolume", kPersistentVolumeFields, "storage that outlives pods"};
constinit const StructType kPersistentVolumeSpec{"PersistentVolumeSpec", kPersistentVolumeSpecFields};
constinit const StructType kPersistentVolumeStatus{"PersistentVolumeStatus", kPersistentVolumeStatusFields};
constinit const StructType kVolumeNodeAffinity{"VolumeNodeAffinity", kVolumeNodeAffinityFields};

}  // namespace ordinal::api::schema
