// Volumes of a pod.
#include "agent/api/kinds/persistent_volume_claim/fields.h"
#include "agent/api/kinds/pod/choices.h"
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/shared/fields.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kVolumeFields[] = {
    In(2, 4,
       Optional(Unsupported(Struct("awsElasticBlockStore", kAWSElasticBlockStoreVolumeSource), "this volume source"))),
    In(2, 22, Optional(Unsupported(Struct("azureDisk", kAzureDiskVolumeSource), "this volume source"))),
    In(2, 18, Optional(Unsupported(Struct("azureFile", kAzureFileVolumeSource), "this volume source"))),
    In(2, 14, Optional(Unsupported(Struct("cephfs", kCephFSVolumeSource), "this volume source"))),
    In(2, 13, Optional(Unsupported(Struct("cinder", kCinderVolumeSource), "this volume source"))),
    In(2, 19, Optional(Struct("configMap", kConfigMapVolumeSource)), "the keys of a config map, as files"),
    In(2, 28, Optional(Unsupported(Struct("csi", kCSIVolumeSource), "this volume source")), "a volume of a CSI driver"),
    In(2, 16, Optional(Struct("downwardAPI", kDownwardAPIVolumeSource)), "fields of the pod, as files"),
    In(2, 2, Optional(Struct("emptyDir", kEmptyDirVolumeSource)), "a directory that lives as long as the pod"),
    In(2, 29, Optional(Unsupported(Struct("ephemeral", kEphemeralVolumeSource), "this volume source")),
       "a claim that lives as long as the pod"),
    In(2, 17, Optional(Unsupported(Struct("fc", kFCVolumeSource), "this volume source"))),
    In(2, 12, Optional(Unsupported(Struct("flexVolume", kFlexVolumeSource), "this volume source"))),
    In(2, 15, Optional(Unsupported(Struct("flocker", kFlockerVolumeSource), "this volume source"))),
    In(2, 3, Optional(Unsupported(Struct("gcePersistentDisk", kGCEPersistentDiskVolumeSource), "this volume source"))),
    In(2, 5, Optional(Unsupported(Struct("gitRepo", kGitRepoVolumeSource), "this volume source"))),
    In(2, 9, Optional(Unsupported(Struct("glusterfs", kGlusterfsVolumeSource), "this volume source"))),
    In(2, 1, Optional(Struct("hostPath", kHostPathVolumeSource)), "a path of the host"),
    In(2, 30, Optional(Struct("image", kImageVolumeSource)), "the files of an image, read-only (needs containerd 2.1)"),
    In(2, 8, Optional(Unsupported(Struct("iscsi", kISCSIVolumeSource), "this volume source"))),
    Tag(1, Required(String("name")), "the name containers mount it by"),
    In(2, 7, Optional(Unsupported(Struct("nfs", kNFSVolumeSource), "this volume source")), "an NFS export"),
    In(2, 10, Optional(Struct("persistentVolumeClaim", kPersistentVolumeClaimVolumeSource)),
       "the volume a claim is bound to"),
    In(2, 23,
       Optional(Unsupported(Struct("photonPersistentDisk", kPhotonPersistentDiskVolumeSource), "this volume source"))),
    In(2, 24, Optional(Unsupported(Struct("portworxVolume", kPortworxVolumeSource), "this volume source"))),
    In(2, 26, Optional(Struct("projected", kProjectedVolumeSource)), "several sources in one directory"),
    In(2, 21, Optional(Unsupported(Struct("quobyte", kQuobyteVolumeSource), "this volume source"))),
    In(2, 11, Optional(Unsupported(Struct("rbd", kRBDVolumeSource), "this volume source"))),
    In(2, 25, Optional(Unsupported(Struct("scaleIO", kScaleIOVolumeSource), "this volume source"))),
    In(2, 6, Optional(Struct("secret", kSecretVolumeSource)), "the keys of a secret, as files"),
    In(2, 27, Optional(Unsupported(Struct("storageos", kStorageOSVolumeSource), "this volume source"))),
    In(2, 20, Optional(Unsupported(Struct("vsphereVolume", kVsphereVirtualDiskVolumeSource), "this volume source"))),
};

constexpr Field kEmptyDirVolumeSourceFields[] = {
    Tag(1, String("medium"), "Memory keeps it in memory; otherwise on disk"),
    Tag(2, Optional(Quantity("sizeLimit")), "how much it may hold"),
};

constexpr Field kConfigMapVolumeSourceFields[] = {
    Tag(3, Optional(Default(Int32("defaultMode"), "420")), "the mode of the files; 0644 when absent"),
    Tag(2, List(Struct("items", kKeyToPath)), "which keys become files, and under which names; all when absent"),
    In(1, 1, String("name"), "the config map"),
    Tag(4, Optional(Bool("optional")), "go on without it when it is missing"),
};

constexpr Field kSecretVolumeSourceFields[] = {
    Tag(3, Optional(Default(Int32("defaultMode"), "420")), "the mode of the files; 0644 when absent"),
    Tag(2, List(Struct("items", kKeyToPath)), "which keys become files, and under which names; all when absent"),
    Tag(4, Optional(Bool("optional")), "go on without it when it is missing"),
    Tag(1, String("secretName"), "the secret"),
};

constexpr Field kDownwardAPIVolumeSourceFields[] = {
    Tag(2, Optional(Default(Int32("defaultMode"), "420")), "the mode of the files; 0644 when absent"),
    Tag(1, List(Struct("items", kDownwardAPIVolumeFile)), "files with fields of the pod"),
};

constexpr Field kDownwardAPIVolumeFileFields[] = {
    Tag(2, Optional(Struct("fieldRef", kObjectFieldSelector)), "a field of the pod"),
    Tag(4, Optional(Int32("mode")), "the mode of the file"),
    Tag(1, Required(String("path")), "where the file is, inside of the volume"),
    Tag(3, Optional(Struct("resourceFieldRef", kResourceFieldSelector)), "a request or a limit of a container"),
};

constexpr Field kKeyToPathFields[] = {
    Tag(1, Required(String("key")), "the key"),
    Tag(3, Optional(Int32("mode")), "the mode of the file"),
    Tag(2, Required(String("path")), "the file's path in the volume"),
};

constexpr Field kProjectedVolumeSourceFields[] = {
    Tag(2, Optional(Default(Int32("defaultMode"), "420")), "the mode of the files; 0644 when absent"),
    Tag(1, List(Struct("sources", kVolumeProjection)), "what is put into the one directory"),
};

constexpr Field kVolumeProjectionFields[] = {
    Tag(5, Optional(Unsupported(Struct("clusterTrustBundle", kClusterTrustBundleProjection), "cluster trust bundles"))),
    Tag(3, Optional(Struct("configMap", kConfigMapProjection)), "the keys of a config map"),
    Tag(2, Optional(Struct("downwardAPI", kDownwardAPIProjection)), "fields of the pod"),
    Tag(6, Optional(Unsupported(Struct("podCertificate", kPodCertificateProjection), "pod certificates"))),
    Tag(1, Optional(Struct("secret", kSecretProjection)), "the keys of a secret"),
    Tag(4, Optional(Struct("serviceAccountToken", kServiceAccountTokenProjection)),
        "a token of the pod's service account, renewed before it ends"),
};

constexpr Field kConfigMapProjectionFields[] = {
    Tag(2, List(Struct("items", kKeyToPath)), "which keys become which files; all when empty"),
    In(1, 1, String("name"), "the config map"),
    Tag(4, Optional(Bool("optional")), "go on without it when it is missing"),
};

constexpr Field kSecretProjectionFields[] = {
    Tag(2, List(Struct("items", kKeyToPath)), "which keys become which files; all when empty"),
    In(1, 1, String("name"), "the secret"),
    Tag(4, Optional(Bool("optional")), "go on without it when it is missing"),
};

constexpr Field kDownwardAPIProjectionFields[] = {
    Tag(1, List(Struct("items", kDownwardAPIVolumeFile)), "files with fields of the pod"),
};

constexpr Field kServiceAccountTokenProjectionFields[] = {
    Tag(1, String("audience"), "whom the token is for; the API server when absent"),
    Tag(2, Optional(Default(Int64("expirationSeconds"), "3600")), "how long the token is good; it is renewed before"),
    Tag(3, Required(String("path")), "where the file is, inside of the volume"),
};

constexpr Field kClusterTrustBundleProjectionFields[] = {
    Tag(3, Optional(Struct("labelSelector", kLabelSelector))),
    Tag(1, Optional(String("name"))),
    Tag(5, Optional(Bool("optional"))),
    Tag(4, Required(String("path"))),
    Tag(2, Optional(String("signerName"))),
};

constexpr Field kPodCertificateProjectionFields[] = {
    Tag(6, String("certificateChainPath")),
    Tag(4, String("credentialBundlePath")),
    Tag(5, String("keyPath")),
    Tag(2, Required(String("keyType"))),
    Tag(3, Optional(Int32("maxExpirationSeconds"))),
    Tag(1, Required(String("signerName"))),
    Tag(7, Map(String("userAnnotations"))),
};

constexpr Field kPersistentVolumeClaimVolumeSourceFields[] = {
    Tag(1, Required(String("claimName")), "the claim, in the pod's namespace"),
    Tag(2, Bool("readOnly"), "mount it read-only"),
};

constexpr Field kEphemeralVolumeSourceFields[] = {
    Tag(1, Optional(Struct("volumeClaimTemplate", kPersistentVolumeClaimTemplate))),
};

constexpr Field kPersistentVolumeClaimTemplateFields[] = {
    Tag(1, Struct("metadata", kObjectMeta)),
    Tag(2, Default(Struct("spec", kPersistentVolumeClaimSpec), "{}")),
};

constexpr Field kGitRepoVolumeSourceFields[] = {
    Tag(3, String("directory")),
    Tag(1, Required(String("repository"))),
    Tag(2, String("revision")),
};

constexpr Field kImageVolumeSourceFields[] = {
    Tag(2, OneOf(String("pullPolicy"), kPullPolicies),
        "Always, IfNotPresent or Never, as a container's imagePullPolicy"),
    Tag(1, String("reference"), "the image's name, with tag or digest"),
};

}  // namespace

constinit const StructType kVolume{"Volume", kVolumeFields, "a directory that containers of the pod may mount", false,
                                   &kVolumeChoices};
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
constinit const StructType kPodCertificateProjection{"PodCertificateProjection", kPodCertificateProjectionFields};
constinit const StructType kPersistentVolumeClaimVolumeSource{"PersistentVolumeClaimVolumeSource",
                                                              kPersistentVolumeClaimVolumeSourceFields};
constinit const StructType kEphemeralVolumeSource{"EphemeralVolumeSource", kEphemeralVolumeSourceFields};
constinit const StructType kPersistentVolumeClaimTemplate{"PersistentVolumeClaimTemplate",
                                                          kPersistentVolumeClaimTemplateFields};
constinit const StructType kGitRepoVolumeSource{"GitRepoVolumeSource", kGitRepoVolumeSourceFields};
constinit const StructType kImageVolumeSource{"ImageVolumeSource", kImageVolumeSourceFields};

}  // namespace ordinal::api::schema
