// Every type of the served kinds, as of Kubernetes 1.32 (its published OpenAPI document). One line a type; the
// fields are in the .cc file of the same heading.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

// meta.cc
extern const StructType kObjectMeta, kOwnerReference, kManagedFieldsEntry, kLabelSelector, kLabelSelectorRequirement,
    kCondition, kObjectReference, kLocalObjectReference, kSecretReference, kTypedLocalObjectReference,
    kTypedObjectReference;

// scheduling.cc
extern const StructType kAffinity, kNodeAffinity, kPodAffinity, kPodAntiAffinity, kPreferredSchedulingTerm,
    kWeightedPodAffinityTerm, kPodAffinityTerm, kNodeSelector, kNodeSelectorTerm, kNodeSelectorRequirement, kToleration,
    kTopologySpreadConstraint, kPodSchedulingGate;

// container.cc
extern const StructType kContainer, kEphemeralContainer, kContainerPort, kEnvVar, kEnvVarSource, kEnvFromSource,
    kConfigMapEnvSource, kSecretEnvSource, kConfigMapKeySelector, kSecretKeySelector, kObjectFieldSelector,
    kResourceFieldSelector, kVolumeMount, kVolumeDevice, kResourceRequirements, kResourceClaim, kContainerResizePolicy;

// probe.cc
extern const StructType kProbe, kExecAction, kGRPCAction, kHTTPGetAction, kHTTPHeader, kTCPSocketAction, kSleepAction,
    kLifecycle, kLifecycleHandler;

// security.cc
extern const StructType kPodSecurityContext, kSecurityContext, kCapabilities, kAppArmorProfile, kSeccompProfile,
    kSELinuxOptions, kSysctl, kWindowsSecurityContextOptions;

// pod.cc
extern const StructType kPod, kPodTemplateSpec, kPodSpec, kPodDNSConfig, kPodDNSConfigOption, kHostAlias, kPodOS,
    kPodReadinessGate, kPodResourceClaim;

// pod_status.cc
extern const StructType kPodStatus, kPodCondition, kHostIP, kPodIP, kPodResourceClaimStatus, kContainerStatus,
    kContainerState, kContainerStateRunning, kContainerStateTerminated, kContainerStateWaiting, kContainerUser,
    kLinuxContainerUser, kVolumeMountStatus, kResourceStatus, kResourceHealth;

// pod_volumes.cc
extern const StructType kVolume, kEmptyDirVolumeSource, kConfigMapVolumeSource, kSecretVolumeSource,
    kDownwardAPIVolumeSource, kDownwardAPIVolumeFile, kKeyToPath, kProjectedVolumeSource, kVolumeProjection,
    kConfigMapProjection, kSecretProjection, kDownwardAPIProjection, kServiceAccountTokenProjection,
    kClusterTrustBundleProjection, kPersistentVolumeClaimVolumeSource, kEphemeralVolumeSource,
    kPersistentVolumeClaimTemplate, kGitRepoVolumeSource, kImageVolumeSource;

// shared_sources.cc
extern const StructType kHostPathVolumeSource, kNFSVolumeSource, kGCEPersistentDiskVolumeSource,
    kAWSElasticBlockStoreVolumeSource, kAzureDiskVolumeSource, kFCVolumeSource, kFlockerVolumeSource,
    kPhotonPersistentDiskVolumeSource, kPortworxVolumeSource, kQuobyteVolumeSource, kVsphereVirtualDiskVolumeSource;

// pod_sources.cc
extern const StructType kAzureFileVolumeSource, kCephFSVolumeSource, kCinderVolumeSource, kCSIVolumeSource,
    kFlexVolumeSource, kGlusterfsVolumeSource, kISCSIVolumeSource, kRBDVolumeSource, kScaleIOVolumeSource,
    kStorageOSVolumeSource;

// persistent_sources.cc
extern const StructType kLocalVolumeSource, kAzureFilePersistentVolumeSource, kCephFSPersistentVolumeSource,
    kCinderPersistentVolumeSource, kCSIPersistentVolumeSource, kFlexPersistentVolumeSource,
    kGlusterfsPersistentVolumeSource, kISCSIPersistentVolumeSource, kRBDPersistentVolumeSource,
    kScaleIOPersistentVolumeSource, kStorageOSPersistentVolumeSource;

// volume.cc
extern const StructType kPersistentVolume, kPersistentVolumeSpec, kPersistentVolumeStatus, kVolumeNodeAffinity,
    kPersistentVolumeClaim, kPersistentVolumeClaimSpec, kPersistentVolumeClaimStatus, kPersistentVolumeClaimCondition,
    kVolumeResourceRequirements, kModifyVolumeStatus, kStorageClass, kTopologySelectorTerm,
    kTopologySelectorLabelRequirement;

// stateful_set.cc
extern const StructType kStatefulSet, kStatefulSetSpec, kStatefulSetStatus, kStatefulSetCondition, kStatefulSetOrdinals,
    kStatefulSetPersistentVolumeClaimRetentionPolicy, kStatefulSetUpdateStrategy, kRollingUpdateStatefulSetStrategy,
    kControllerRevision;

// service.cc
extern const StructType kService, kServiceSpec, kServicePort, kServiceStatus, kSessionAffinityConfig, kClientIPConfig,
    kLoadBalancerStatus, kLoadBalancerIngress, kPortStatus, kEndpoints, kEndpointSubset, kEndpointAddress,
    kEndpointPort, kEndpointSlice, kEndpoint, kSliceEndpointPort, kEndpointConditions, kEndpointHints, kForZone;

// node.cc
extern const StructType kNode, kNodeSpec, kTaint, kNodeConfigSource, kConfigMapNodeConfigSource, kNodeStatus,
    kNodeAddress, kNodeCondition, kNodeConfigStatus, kNodeDaemonEndpoints, kDaemonEndpoint, kNodeFeatures,
    kContainerImage, kNodeSystemInfo, kNodeRuntimeHandler, kNodeRuntimeHandlerFeatures, kAttachedVolume, kNamespace,
    kNamespaceSpec, kNamespaceStatus, kNamespaceCondition;

// event.cc: kEventsV1Event is the Event of events.k8s.io/v1
extern const StructType kEvent, kEventSeries, kEventSource, kEventsV1Event;

// replica_set.cc
extern const StructType kReplicaSet, kReplicaSetSpec, kReplicaSetStatus, kReplicaSetCondition, kDeployment,
    kDeploymentSpec, kDeploymentStrategy, kRollingUpdateDeployment, kDeploymentStatus, kDeploymentCondition;

// config.cc
extern const StructType kConfigMap, kSecret, kServiceAccount, kLease, kLeaseSpec;

}  // namespace ordinal::api::schema
