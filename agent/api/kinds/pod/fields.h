// The types of a pod.
#pragma once

#include "agent/api/schema.h"

namespace ordinal::api::schema {

// scheduling_fields.cc
extern const StructType kAffinity, kNodeAffinity, kPodAffinity, kPodAntiAffinity, kPreferredSchedulingTerm,
    kWeightedPodAffinityTerm, kPodAffinityTerm, kNodeSelector, kNodeSelectorTerm, kNodeSelectorRequirement, kToleration,
    kTopologySpreadConstraint, kPodSchedulingGate;

// container_fields.cc
extern const StructType kContainer, kEphemeralContainer, kContainerPort, kEnvVar, kEnvVarSource, kEnvFromSource,
    kConfigMapEnvSource, kSecretEnvSource, kConfigMapKeySelector, kSecretKeySelector, kFileKeySelector,
    kObjectFieldSelector, kResourceFieldSelector, kVolumeMount, kVolumeDevice, kResourceRequirements, kResourceClaim,
    kContainerResizePolicy, kContainerRestartRule, kContainerRestartRuleOnExitCodes;

// probe_fields.cc
extern const StructType kProbe, kExecAction, kGRPCAction, kHTTPGetAction, kHTTPHeader, kTCPSocketAction, kSleepAction,
    kLifecycle, kLifecycleHandler;

// security_fields.cc
extern const StructType kPodSecurityContext, kSecurityContext, kCapabilities, kAppArmorProfile, kSeccompProfile,
    kSELinuxOptions, kSysctl, kWindowsSecurityContextOptions;

// fields.cc
extern const StructType kPod, kPodTemplateSpec, kPodSpec, kPodDNSConfig, kPodDNSConfigOption, kHostAlias, kPodOS,
    kPodReadinessGate, kPodResourceClaim, kPodSchedulingGroup;

// status_fields.cc
extern const StructType kPodStatus, kPodCondition, kHostIP, kPodIP, kPodResourceClaimStatus, kContainerStatus,
    kContainerState, kContainerStateRunning, kContainerStateTerminated, kContainerStateWaiting, kContainerUser,
    kLinuxContainerUser, kVolumeMountStatus, kResourceStatus, kResourceHealth;

// volume_fields.cc
extern const StructType kVolume, kEmptyDirVolumeSource, kConfigMapVolumeSource, kSecretVolumeSource,
    kDownwardAPIVolumeSource, kDownwardAPIVolumeFile, kKeyToPath, kProjectedVolumeSource, kVolumeProjection,
    kConfigMapProjection, kSecretProjection, kDownwardAPIProjection, kServiceAccountTokenProjection,
    kClusterTrustBundleProjection, kPodCertificateProjection, kPersistentVolumeClaimVolumeSource,
    kEphemeralVolumeSource, kPersistentVolumeClaimTemplate, kGitRepoVolumeSource, kImageVolumeSource;

// source_fields.cc
extern const StructType kAzureFileVolumeSource, kCephFSVolumeSource, kCinderVolumeSource, kCSIVolumeSource,
    kFlexVolumeSource, kGlusterfsVolumeSource, kISCSIVolumeSource, kRBDVolumeSource, kScaleIOVolumeSource,
    kStorageOSVolumeSource;

}  // namespace ordinal::api::schema
