// Volumes of a pod whose content the node makes itself, and the list of all sources.
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kVolumeFields[] = {
    Struct("awsElasticBlockStore", kAWSElasticBlockStoreVolumeSource),
    Struct("azureDisk", kAzureDiskVolumeSource),
    Struct("azureFile", kAzureFileVolumeSource),
    Struct("cephfs", kCephFSVolumeSource),
    Struct("cinder", kCinderVolumeSource),
    Struct("configMap", kConfigMapVolumeSource),
    Struct("csi", kCSIVolumeSource),
    Struct("downwardAPI", kDownwardAPIVolumeSource),
    Struct("emptyDir", kEmptyDirVolumeSource),
    Struct("ephemeral", kEphemeralVolumeSource),
    Struct("fc", kFCVolumeSource),
    Struct("flexVolume", kFlexVolumeSource),
    Struct("flocker", kFlockerVolumeSource),
    Struct("gcePersistentDisk", kGCEPersistentDiskVolumeSource),
    Struct("gitRepo", kGitRepoVolumeSource),
    Struct("glusterfs", kGlusterfsVolumeSource),
    Struct("hostPath", kHostPathVolumeSource),
    Struct("image", kImageVolumeSource),
    Struct("iscsi", kISCSIVolumeSource),
    Required(String("name")),
    Struct("nfs", kNFSVolumeSource),
    Struct("persistentVolumeClaim", kPersistentVolumeClaimVolumeSource),
    Struct("photonPersistentDisk", kPhotonPersistentDiskVolumeSource),
    Struct("portworxVolume", kPortworxVolumeSource),
    Struct("projected", kProjectedVolumeSource),
    Struct("quobyte", kQuobyteVolumeSource),
    Struct("rbd", kRBDVolumeSource),
    Struct("scaleIO", kScaleIOVolumeSource),
    Struct("secret", kSecretVolumeSource),
    Struct("storageos", kStorageOSVolumeSource),
    Struct("vsphereVolume", kVsphereVirtualDiskVolumeSource),
};

constexpr Field kEmptyDirVolumeSourceFields[] = {
    String("medium"),
    Quantity("sizeLimit"),
};

constexpr Field kConfigMapVolumeSourceFields[] = {
    Default(Int32("defaultMode"), "420"),
    List(Struct("items", kKeyToPath)),
    String("name"),
    Bool("optional"),
};

constexpr Field kSecretVolumeSourceFields[] = {
    Default(Int32("defaultMode"), "420"),
    List(Struct("items", kKeyToPath)),
    Bool("optional"),
    String("secretName"),
};

constexpr Field kDownwardAPIVolumeSourceFields[] = {
    Default(Int32("defaultMode"), "420"),
    List(Struct("items", kDownwardAPIVolumeFile)),
};

constexpr Field kDownwardAPIVolumeFileFields[] = {
    Struct("fieldRef", kObjectFieldSelector),
    Int32("mode"),
    Required(String("path")),
    Struct("resourceFieldRef", kResourceFieldSelector),
};

constexpr Field kKeyToPathFields[] = {
    Required(String("key")),
    Int32("mode"),
    Required(String("path")),
};

constexpr Field kProjectedVolumeSourceFields[] = {
    Default(Int32("defaultMode"), "420"),
    List(Struct("sources", kVolumeProjection)),
};

constexpr Field kVolumeProjectionFields[] = {
    Struct("clusterTrustBundle", kClusterTrustBundleProjection),
    Struct("configMap", kConfigMapProjection),
    Struct("downwardAPI", kDownwardAPIProjection),
    Struct("secret", kSecretProjection),
    Struct("serviceAccountToken", kServiceAccountTokenProjection),
};

constexpr Field kConfigMapProjectionFields[] = {
    List(Struct("items", kKeyToPath)),
    String("name"),
    Bool("optional"),
};

constexpr Field kSecretProjectionFields[] = {
    List(Struct("items", kKeyToPath)),
    String("name"),
    Bool("optional"),
};

constexpr Field kDownwardAPIProjectionFields[] = {
    List(Struct("items", kDownwardAPIVolumeFile)),
};

constexpr Field kServiceAccountTokenProjectionFields[] = {
    String("audience"),
    Default(Int64("expirationSeconds"), "3600"),
    Required(String("path")),
};

constexpr Field kClusterTrustBundleProjectionFields[] = {
    Struct("labelSelector", kLabelSelector),
    String("name"),
    Bool("optional"),
    Required(String("path")),
    String("signerName"),
};

constexpr Field kPersistentVolumeClaimVolumeSourceFields[] = {
    Required(String("claimName")),
    Bool("readOnly"),
};

constexpr Field kEphemeralVolumeSourceFields[] = {
    Struct("volumeClaimTemplate", kPersistentVolumeClaimTemplate),
};

constexpr Field kPersistentVolumeClaimTemplateFields[] = {
    Struct("metadata", kObjectMeta),
    Default(Struct("spec", kPersistentVolumeClaimSpec), "{}"),
};

constexpr Field kGitRepoVolumeSourceFields[] = {
    String("directory"),
    Required(String("repository")),
    String("revision"),
};

constexpr Field kImageVolumeSourceFields[] = {
    String("pullPolicy"),
    String("reference"),
};

}  // namespace

constinit const StructType kVolume{"Volume", kVolumeFields};
constinit const StructType kEmptyDirVolumeSource{"EmptyDirVolumeSource", kEmptyDirVolumeSourceFields};
constinit const StructType kConfigMapVolumeSource{"ConfigMapVolumeSource", kConfigMapVolumeSourceFields};
constinit const StructType kSecretVolumeSource{"SecretVolumeSource", kSecretVolumeSourceFields};
constinit const StructType kDownwardAPIVolumeSource{"DownwardAPIVolumeSource", kDownwardAPIVolumeSourceFields};
constinit const StructType kDownwardAPIVolumeFile{"DownwardAPIVolumeFile", kDownwardAPIVolumeFileFields};
constinit const StructType kKeyToPath{"KeyToPath", kKeyToPathFields};
constinit const StructType kProjectedVolumeSource{"ProjectedVolumeSource", kProjectedVolumeSourceFields};
constinit const StructType kVolumeProjection{"VolumeProjection", kVolumeProjectionFields};
constinit const StructType kConfigMapProjection{"ConfigMapProjection", kConfigMapProjectionFields};
constinit const StructType kSecretProjection{"SecretProjection", kSecretProjectionFields};
constinit const StructType kDownwardAPIProjection{"DownwardAPIProjection", kDownwardAPIProjectionFields};
constinit const StructType kServiceAccountTokenProjection{"ServiceAccountTokenProjection",
                                                          kServiceAccountTokenProjectionFields};
constinit const StructType kClusterTrustBundleProjection{"ClusterTrustBundleProjection",
                                                         kClusterTrustBundleProjectionFields};
constinit const StructType kPersistentVolumeClaimVolumeSource{"PersistentVolumeClaimVolumeSource",
                                                              kPersistentVolumeClaimVolumeSourceFields};
constinit const StructType kEphemeralVolumeSource{"EphemeralVolumeSource", kEphemeralVolumeSourceFields};
constinit const StructType kPersistentVolumeClaimTemplate{"PersistentVolumeClaimTemplate",
                                                          kPersistentVolumeClaimTemplateFields};
constinit const StructType kGitRepoVolumeSource{"GitRepoVolumeSource", kGitRepoVolumeSourceFields};
constinit const StructType kImageVolumeSource{"ImageVolumeSource", kImageVolumeSourceFields};

}  // namespace ordinal::api::schema
