// Volumes of a pod and their sources, in protobuf.
#include "agent/apiserver/rest/protobuf_pod.h"

namespace ordinal::apiserver::rest {
namespace {

using enum PbType;
using enum PbShape;

constexpr PbField kHostPathVolumeSourceFields[] = {
    {1, "path"},
    {2, "type", kString, kOptional},
};
constexpr PbMessage kHostPathVolumeSource{kHostPathVolumeSourceFields};
constexpr PbField kEmptyDirVolumeSourceFields[] = {
    {1, "medium"},
    {2, "sizeLimit", kQuantity, kOptional},
};
constexpr PbMessage kEmptyDirVolumeSource{kEmptyDirVolumeSourceFields};
constexpr PbField kGCEPersistentDiskVolumeSourceFields[] = {
    {1, "pdName"},
    {2, "fsType"},
    {3, "partition", kInt},
    {4, "readOnly", kBool},
};
constexpr PbMessage kGCEPersistentDiskVolumeSource{kGCEPersistentDiskVolumeSourceFields};
constexpr PbField kAWSElasticBlockStoreVolumeSourceFields[] = {
    {1, "volumeID"},
    {2, "fsType"},
    {3, "partition", kInt},
    {4, "readOnly", kBool},
};
constexpr PbMessage kAWSElasticBlockStoreVolumeSource{kAWSElasticBlockStoreVolumeSourceFields};
constexpr PbField kGitRepoVolumeSourceFields[] = {
    {1, "repository"},
    {2, "revision"},
    {3, "directory"},
};
constexpr PbMessage kGitRepoVolumeSource{kGitRepoVolumeSourceFields};
constexpr PbField kKeyToPathFields[] = {
    {1, "key"},
    {2, "path"},
    {3, "mode", kInt, kOptional},
};
constexpr PbMessage kKeyToPath{kKeyToPathFields};
constexpr PbField kSecretVolumeSourceFields[] = {
    {1, "secretName"},
    {2, "items", kMessage, kList, &kKeyToPath},
    {3, "defaultMode", kInt, kOptional},
    {4, "optional", kBool, kOptional},
};
constexpr PbMessage kSecretVolumeSource{kSecretVolumeSourceFields};
constexpr PbField kNFSVolumeSourceFields[] = {
    {1, "server"},
    {2, "path"},
    {3, "readOnly", kBool},
};
constexpr PbMessage kNFSVolumeSource{kNFSVolumeSourceFields};
constexpr PbField kISCSIVolumeSourceFields[] = {
    {1, "targetPortal"},
    {2, "iqn"},
    {3, "lun", kInt},
    {4, "iscsiInterface"},
    {5, "fsType"},
    {6, "readOnly", kBool},
    {7, "portals", kString, kList},
    {8, "chapAuthDiscovery", kBool},
    {10, "secretRef", kMessage, kOptional, &kPbLocalObjectReference},
    {11, "chapAuthSession", kBool},
    {12, "initiatorName", kString, kOptional},
};
constexpr PbMessage kISCSIVolumeSource{kISCSIVolumeSourceFields};
constexpr PbField kGlusterfsVolumeSourceFields[] = {
    {1, "endpoints"},
    {2, "path"},
    {3, "readOnly", kBool},
};
constexpr PbMessage kGlusterfsVolumeSource{kGlusterfsVolumeSourceFields};
constexpr PbField kPersistentVolumeClaimVolumeSourceFields[] = {
    {1, "claimName"},
    {2, "readOnly", kBool},
};
constexpr PbMessage kPersistentVolumeClaimVolumeSource{kPersistentVolumeClaimVolumeSourceFields};
constexpr PbField kRBDVolumeSourceFields[] = {
    {1, "monitors", kString, kList},
    {2, "image"},
    {3, "fsType"},
    {4, "pool"},
    {5, "user"},
    {6, "keyring"},
    {7, "secretRef", kMessage, kOptional, &kPbLocalObjectReference},
    {8, "readOnly", kBool},
};
constexpr PbMessage kRBDVolumeSource{kRBDVolumeSourceFields};
constexpr PbField kFlexVolumeSourceFields[] = {
    {1, "driver"},
    {2, "fsType"},
    {3, "secretRef", kMessage, kOptional, &kPbLocalObjectReference},
    {4, "readOnly", kBool},
    {5, "options", kString, kMap},
};
constexpr PbMessage kFlexVolumeSource{kFlexVolumeSourceFields};
constexpr PbField kCinderVolumeSourceFields[] = {
    {1, "volumeID"},
    {2, "fsType"},
    {3, "readOnly", kBool},
    {4, "secretRef", kMessage, kOptional, &kPbLocalObjectReference},
};
constexpr PbMessage kCinderVolumeSource{kCinderVolumeSourceFields};
constexpr PbField kCephFSVolumeSourceFields[] = {
    {1, "monitors", kString, kList},
    {2, "path"},
    {3, "user"},
    {4, "secretFile"},
    {5, "secretRef", kMessage, kOptional, &kPbLocalObjectReference},
    {6, "readOnly", kBool},
};
constexpr PbMessage kCephFSVolumeSource{kCephFSVolumeSourceFields};
constexpr PbField kFlockerVolumeSourceFields[] = {
    {1, "datasetName"},
    {2, "datasetUUID"},
};
constexpr PbMessage kFlockerVolumeSource{kFlockerVolumeSourceFields};
constexpr PbField kDownwardAPIVolumeFileFields[] = {
    {1, "path"},
    {2, "fieldRef", kMessage, kOptional, &kPbObjectFieldSelector},
    {3, "resourceFieldRef", kMessage, kOptional, &kPbResourceFieldSelector},
    {4, "mode", kInt, kOptional},
};
constexpr PbMessage kDownwardAPIVolumeFile{kDownwardAPIVolumeFileFields};
constexpr PbField kDownwardAPIVolumeSourceFields[] = {
    {1, "items", kMessage, kList, &kDownwardAPIVolumeFile},
    {2, "defaultMode", kInt, kOptional},
};
constexpr PbMessage kDownwardAPIVolumeSource{kDownwardAPIVolumeSourceFields};
constexpr PbField kFCVolumeSourceFields[] = {
    {1, "targetWWNs", kString, kList}, {2, "lun", kInt, kOptional}, {3, "fsType"}, {4, "readOnly", kBool},
    {5, "wwids", kString, kList},
};
constexpr PbMessage kFCVolumeSource{kFCVolumeSourceFields};
constexpr PbField kAzureFileVolumeSourceFields[] = {
    {1, "secretName"},
    {2, "shareName"},
    {3, "readOnly", kBool},
};
constexpr PbMessage kAzureFileVolumeSource{kAzureFileVolumeSourceFields};
constexpr PbField kConfigMapVolumeSourceFields[] = {
    {1, "", kMessage, kInline, &kPbLocalObjectReference},
    {2, "items", kMessage, kList, &kKeyToPath},
    {3, "defaultMode", kInt, kOptional},
    {4, "optional", kBool, kOptional},
};
constexpr PbMessage kConfigMapVolumeSource{kConfigMapVolumeSourceFields};
constexpr PbField kVsphereVirtualDiskVolumeSourceFields[] = {
    {1, "volumePath"},
    {2, "fsType"},
    {3, "storagePolicyName"},
    {4, "storagePolicyID"},
};
constexpr PbMessage kVsphereVirtualDiskVolumeSource{kVsphereVirtualDiskVolumeSourceFields};
constexpr PbField kQuobyteVolumeSourceFields[] = {
    {1, "registry"}, {2, "volume"}, {3, "readOnly", kBool}, {4, "user"}, {5, "group"}, {6, "tenant"},
};
constexpr PbMessage kQuobyteVolumeSource{kQuobyteVolumeSourceFields};
constexpr PbField kAzureDiskVolumeSourceFields[] = {
    {1, "diskName"},
    {2, "diskURI"},
    {3, "cachingMode", kString, kOptional},
    {4, "fsType", kString, kOptional},
    {5, "readOnly", kBool, kOptional},
    {6, "kind", kString, kOptional},
};
constexpr PbMessage kAzureDiskVolumeSource{kAzureDiskVolumeSourceFields};
constexpr PbField kPhotonPersistentDiskVolumeSourceFields[] = {
    {1, "pdID"},
    {2, "fsType"},
};
constexpr PbMessage kPhotonPersistentDiskVolumeSource{kPhotonPersistentDiskVolumeSourceFields};
constexpr PbField kSecretProjectionFields[] = {
    {1, "", kMessage, kInline, &kPbLocalObjectReference},
    {2, "items", kMessage, kList, &kKeyToPath},
    {4, "optional", kBool, kOptional},
};
constexpr PbMessage kSecretProjection{kSecretProjectionFields};
constexpr PbField kDownwardAPIProjectionFields[] = {
    {1, "items", kMessage, kList, &kDownwardAPIVolumeFile},
};
constexpr PbMessage kDownwardAPIProjection{kDownwardAPIProjectionFields};
constexpr PbField kConfigMapProjectionFields[] = {
    {1, "", kMessage, kInline, &kPbLocalObjectReference},
    {2, "items", kMessage, kList, &kKeyToPath},
    {4, "optional", kBool, kOptional},
};
constexpr PbMessage kConfigMapProjection{kConfigMapProjectionFields};
constexpr PbField kServiceAccountTokenProjectionFields[] = {
    {1, "audience"},
    {2, "expirationSeconds", kInt, kOptional},
    {3, "path"},
};
constexpr PbMessage kServiceAccountTokenProjection{kServiceAccountTokenProjectionFields};
constexpr PbField kClusterTrustBundleProjectionFields[] = {
    {1, "name", kString, kOptional},
    {2, "signerName", kString, kOptional},
    {3, "labelSelector", kMessage, kOptional, &kPbLabelSelector},
    {4, "path"},
    {5, "optional", kBool, kOptional},
};
constexpr PbMessage kClusterTrustBundleProjection{kClusterTrustBundleProjectionFields};
constexpr PbField kVolumeProjectionFields[] = {
    {1, "secret", kMessage, kOptional, &kSecretProjection},
    {2, "downwardAPI", kMessage, kOptional, &kDownwardAPIProjection},
    {3, "configMap", kMessage, kOptional, &kConfigMapProjection},
    {4, "serviceAccountToken", kMessage, kOptional, &kServiceAccountTokenProjection},
    {5, "clusterTrustBundle", kMessage, kOptional, &kClusterTrustBundleProjection},
};
constexpr PbMessage kVolumeProjection{kVolumeProjectionFields};
constexpr PbField kProjectedVolumeSourceFields[] = {
    {1, "sources", kMessage, kList, &kVolumeProjection},
    {2, "defaultMode", kInt, kOptional},
};
constexpr PbMessage kProjectedVolumeSource{kProjectedVolumeSourceFields};
constexpr PbField kPortworxVolumeSourceFields[] = {
    {1, "volumeID"},
    {2, "fsType"},
    {3, "readOnly", kBool},
};
constexpr PbMessage kPortworxVolumeSource{kPortworxVolumeSourceFields};
constexpr PbField kScaleIOVolumeSourceFields[] = {
    {1, "gateway"},           {2, "system"},           {3, "secretRef", kMessage, kOptional, &kPbLocalObjectReference},
    {4, "sslEnabled", kBool}, {5, "protectionDomain"}, {6, "storagePool"},
    {7, "storageMode"},       {8, "volumeName"},       {9, "fsType"},
    {10, "readOnly", kBool},
};
constexpr PbMessage kScaleIOVolumeSource{kScaleIOVolumeSourceFields};
constexpr PbField kStorageOSVolumeSourceFields[] = {
    {1, "volumeName"},
    {2, "volumeNamespace"},
    {3, "fsType"},
    {4, "readOnly", kBool},
    {5, "secretRef", kMessage, kOptional, &kPbLocalObjectReference},
};
constexpr PbMessage kStorageOSVolumeSource{kStorageOSVolumeSourceFields};
constexpr PbField kCSIVolumeSourceFields[] = {
    {1, "driver"},
    {2, "readOnly", kBool, kOptional},
    {3, "fsType", kString, kOptional},
    {4, "volumeAttributes", kString, kMap},
    {5, "nodePublishSecretRef", kMessage, kOptional, &kPbLocalObjectReference},
};
constexpr PbMessage kCSIVolumeSource{kCSIVolumeSourceFields};
constexpr PbField kVolumeResourceRequirementsFields[] = {
    {1, "limits", kQuantity, kMap},
    {2, "requests", kQuantity, kMap},
};
constexpr PbMessage kVolumeResourceRequirements{kVolumeResourceRequirementsFields};
constexpr PbField kTypedLocalObjectReferenceFields[] = {
    {1, "apiGroup", kString, kOptional},
    {2, "kind"},
    {3, "name"},
};
constexpr PbMessage kTypedLocalObjectReference{kTypedLocalObjectReferenceFields};
constexpr PbField kTypedObjectReferenceFields[] = {
    {1, "apiGroup", kString, kOptional},
    {2, "kind"},
    {3, "name"},
    {4, "namespace", kString, kOptional},
};
constexpr PbMessage kTypedObjectReference{kTypedObjectReferenceFields};
constexpr PbField kPersistentVolumeClaimSpecFields[] = {
    {1, "accessModes", kString, kList},
    {2, "resources", kMessage, kOne, &kVolumeResourceRequirements},
    {3, "volumeName"},
    {4, "selector", kMessage, kOptional, &kPbLabelSelector},
    {5, "storageClassName", kString, kOptional},
    {6, "volumeMode", kString, kOptional},
    {7, "dataSource", kMessage, kOptional, &kTypedLocalObjectReference},
    {8, "dataSourceRef", kMessage, kOptional, &kTypedObjectReference},
    {9, "volumeAttributesClassName", kString, kOptional},
};
constexpr PbMessage kPersistentVolumeClaimSpec{kPersistentVolumeClaimSpecFields};
constexpr PbField kPersistentVolumeClaimTemplateFields[] = {
    {1, "metadata", kMessage, kOne, &kPbObjectMeta},
    {2, "spec", kMessage, kOne, &kPersistentVolumeClaimSpec},
};
constexpr PbMessage kPersistentVolumeClaimTemplate{kPersistentVolumeClaimTemplateFields};
constexpr PbField kEphemeralVolumeSourceFields[] = {
    {1, "volumeClaimTemplate", kMessage, kOptional, &kPersistentVolumeClaimTemplate},
};
constexpr PbMessage kEphemeralVolumeSource{kEphemeralVolumeSourceFields};
constexpr PbField kImageVolumeSourceFields[] = {
    {1, "reference"},
    {2, "pullPolicy"},
};
constexpr PbMessage kImageVolumeSource{kImageVolumeSourceFields};
constexpr PbField kVolumeSourceFields[] = {
    {1, "hostPath", kMessage, kOptional, &kHostPathVolumeSource},
    {2, "emptyDir", kMessage, kOptional, &kEmptyDirVolumeSource},
    {3, "gcePersistentDisk", kMessage, kOptional, &kGCEPersistentDiskVolumeSource},
    {4, "awsElasticBlockStore", kMessage, kOptional, &kAWSElasticBlockStoreVolumeSource},
    {5, "gitRepo", kMessage, kOptional, &kGitRepoVolumeSource},
    {6, "secret", kMessage, kOptional, &kSecretVolumeSource},
    {7, "nfs", kMessage, kOptional, &kNFSVolumeSource},
    {8, "iscsi", kMessage, kOptional, &kISCSIVolumeSource},
    {9, "glusterfs", kMessage, kOptional, &kGlusterfsVolumeSource},
    {10, "persistentVolumeClaim", kMessage, kOptional, &kPersistentVolumeClaimVolumeSource},
    {11, "rbd", kMessage, kOptional, &kRBDVolumeSource},
    {12, "flexVolume", kMessage, kOptional, &kFlexVolumeSource},
    {13, "cinder", kMessage, kOptional, &kCinderVolumeSource},
    {14, "cephfs", kMessage, kOptional, &kCephFSVolumeSource},
    {15, "flocker", kMessage, kOptional, &kFlockerVolumeSource},
    {16, "downwardAPI", kMessage, kOptional, &kDownwardAPIVolumeSource},
    {17, "fc", kMessage, kOptional, &kFCVolumeSource},
    {18, "azureFile", kMessage, kOptional, &kAzureFileVolumeSource},
    {19, "configMap", kMessage, kOptional, &kConfigMapVolumeSource},
    {20, "vsphereVolume", kMessage, kOptional, &kVsphereVirtualDiskVolumeSource},
    {21, "quobyte", kMessage, kOptional, &kQuobyteVolumeSource},
    {22, "azureDisk", kMessage, kOptional, &kAzureDiskVolumeSource},
    {23, "photonPersistentDisk", kMessage, kOptional, &kPhotonPersistentDiskVolumeSource},
    {24, "portworxVolume", kMessage, kOptional, &kPortworxVolumeSource},
    {25, "scaleIO", kMessage, kOptional, &kScaleIOVolumeSource},
    {26, "projected", kMessage, kOptional, &kProjectedVolumeSource},
    {27, "storageos", kMessage, kOptional, &kStorageOSVolumeSource},
    {28, "csi", kMessage, kOptional, &kCSIVolumeSource},
    {29, "ephemeral", kMessage, kOptional, &kEphemeralVolumeSource},
    {30, "image", kMessage, kOptional, &kImageVolumeSource},
};
constexpr PbMessage kVolumeSource{kVolumeSourceFields};
constexpr PbField kVolumeFields[] = {
    {1, "name"},
    {2, "", kMessage, kInline, &kVolumeSource},
};

}  // namespace

constinit const PbMessage kPbVolume{kVolumeFields};

}  // namespace ordinal::apiserver::rest
