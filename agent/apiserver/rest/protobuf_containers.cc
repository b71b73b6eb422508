// Containers of a pod, in protobuf.
#include "agent/apiserver/rest/protobuf_pod.h"

namespace ordinal::apiserver::rest {
namespace {

using enum PbType;
using enum PbShape;

constexpr PbField kObjectFieldSelectorFields[] = {
    {1, "apiVersion"},
    {2, "fieldPath"},
};

constexpr PbField kResourceFieldSelectorFields[] = {
    {1, "containerName"},
    {2, "resource"},
    {3, "divisor", kQuantity},
};

constexpr PbField kContainerPortFields[] = {
    {1, "name"}, {2, "hostPort", kInt}, {3, "containerPort", kInt}, {4, "protocol"}, {5, "hostIP"},
};
constexpr PbMessage kContainerPort{kContainerPortFields};

constexpr PbField kConfigMapEnvSourceFields[] = {
    {1, "", kMessage, kInline, &kPbLocalObjectReference},
    {2, "optional", kBool, kOptional},
};
constexpr PbMessage kConfigMapEnvSource{kConfigMapEnvSourceFields};

constexpr PbField kSecretEnvSourceFields[] = {
    {1, "", kMessage, kInline, &kPbLocalObjectReference},
    {2, "optional", kBool, kOptional},
};
constexpr PbMessage kSecretEnvSource{kSecretEnvSourceFields};

constexpr PbField kEnvFromSourceFields[] = {
    {1, "prefix"},
    {2, "configMapRef", kMessage, kOptional, &kConfigMapEnvSource},
    {3, "secretRef", kMessage, kOptional, &kSecretEnvSource},
};
constexpr PbMessage kEnvFromSource{kEnvFromSourceFields};

constexpr PbField kConfigMapKeySelectorFields[] = {
    {1, "", kMessage, kInline, &kPbLocalObjectReference},
    {2, "key"},
    {3, "optional", kBool, kOptional},
};
constexpr PbMessage kConfigMapKeySelector{kConfigMapKeySelectorFields};

constexpr PbField kSecretKeySelectorFields[] = {
    {1, "", kMessage, kInline, &kPbLocalObjectReference},
    {2, "key"},
    {3, "optional", kBool, kOptional},
};
constexpr PbMessage kSecretKeySelector{kSecretKeySelectorFields};

constexpr PbField kEnvVarSourceFields[] = {
    {1, "fieldRef", kMessage, kOptional, &kPbObjectFieldSelector},
    {2, "resourceFieldRef", kMessage, kOptional, &kPbResourceFieldSelector},
    {3, "configMapKeyRef", kMessage, kOptional, &kConfigMapKeySelector},
    {4, "secretKeyRef", kMessage, kOptional, &kSecretKeySelector},
};
constexpr PbMessage kEnvVarSource{kEnvVarSourceFields};

constexpr PbField kEnvVarFields[] = {
    {1, "name"},
    {2, "value"},
    {3, "valueFrom", kMessage, kOptional, &kEnvVarSource},
};
constexpr PbMessage kEnvVar{kEnvVarFields};

constexpr PbField kResourceClaimFields[] = {
    {1, "name"},
    {2, "request"},
};
constexpr PbMessage kResourceClaim{kResourceClaimFields};

constexpr PbField kResourceRequirementsFields[] = {
    {1, "limits", kQuantity, kMap},
    {2, "requests", kQuantity, kMap},
    {3, "claims", kMessage, kList, &kResourceClaim},
};

constexpr PbField kContainerResizePolicyFields[] = {
    {1, "resourceName"},
    {2, "restartPolicy"},
};
constexpr PbMessage kContainerResizePolicy{kContainerResizePolicyFields};

constexpr PbField kVolumeMountFields[] = {
    {1, "name"},
    {2, "readOnly", kBool},
    {3, "mountPath"},
    {4, "subPath"},
    {5, "mountPropagation", kString, kOptional},
    {6, "subPathExpr"},
    {7, "recursiveReadOnly", kString, kOptional},
};
constexpr PbMessage kVolumeMount{kVolumeMountFields};

constexpr PbField kVolumeDeviceFields[] = {
    {1, "name"},
    {2, "devicePath"},
};
constexpr PbMessage kVolumeDevice{kVolumeDeviceFields};

constexpr PbField kExecActionFields[] = {
    {1, "command", kString, kList},
};
constexpr PbMessage kExecAction{kExecActionFields};

constexpr PbField kHTTPHeaderFields[] = {
    {1, "name"},
    {2, "value"},
};
constexpr PbMessage kHTTPHeader{kHTTPHeaderFields};

constexpr PbField kHTTPGetActionFields[] = {
    {1, "path"},
    {2, "port", kIntOrString},
    {3, "host"},
    {4, "scheme"},
    {5, "httpHeaders", kMessage, kList, &kHTTPHeader},
};
constexpr PbMessage kHTTPGetAction{kHTTPGetActionFields};

constexpr PbField kTCPSocketActionFields[] = {
    {1, "port", kIntOrString},
    {2, "host"},
};
constexpr PbMessage kTCPSocketAction{kTCPSocketActionFields};

constexpr PbField kGRPCActionFields[] = {
    {1, "port", kInt},
    {2, "service", kString, kOptional},
};
constexpr PbMessage kGRPCAction{kGRPCActionFields};

constexpr PbField kProbeHandlerFields[] = {
    {1, "exec", kMessage, kOptional, &kExecAction},
    {2, "httpGet", kMessage, kOptional, &kHTTPGetAction},
    {3, "tcpSocket", kMessage, kOptional, &kTCPSocketAction},
    {4, "grpc", kMessage, kOptional, &kGRPCAction},
};
constexpr PbMessage kProbeHandler{kProbeHandlerFields};

constexpr PbField kProbeFields[] = {
    {1, "", kMessage, kInline, &kProbeHandler},
    {2, "initialDelaySeconds", kInt},
    {3, "timeoutSeconds", kInt},
    {4, "periodSeconds", kInt},
    {5, "successThreshold", kInt},
    {6, "failureThreshold", kInt},
    {7, "terminationGracePeriodSeconds", kInt, kOptional},
};
constexpr PbMessage kProbe{kProbeFields};

constexpr PbField kSleepActionFields[] = {
    {1, "seconds", kInt},
};
constexpr PbMessage kSleepAction{kSleepActionFields};

constexpr PbField kLifecycleHandlerFields[] = {
    {1, "exec", kMessage, kOptional, &kExecAction},
    {2, "httpGet", kMessage, kOptional, &kHTTPGetAction},
    {3, "tcpSocket", kMessage, kOptional, &kTCPSocketAction},
    {4, "sleep", kMessage, kOptional, &kSleepAction},
};
constexpr PbMessage kLifecycleHandler{kLifecycleHandlerFields};

constexpr PbField kLifecycleFields[] = {
    {1, "postStart", kMessage, kOptional, &kLifecycleHandler},
    {2, "preStop", kMessage, kOptional, &kLifecycleHandler},
};
constexpr PbMessage kLifecycle{kLifecycleFields};

constexpr PbField kCapabilitiesFields[] = {
    {1, "add", kString, kList},
    {2, "drop", kString, kList},
};
constexpr PbMessage kCapabilities{kCapabilitiesFields};

constexpr PbField kSELinuxOptionsFields[] = {
    {1, "user"},
    {2, "role"},
    {3, "type"},
    {4, "level"},
};

constexpr PbField kWindowsSecurityContextOptionsFields[] = {
    {1, "gmsaCredentialSpecName", kString, kOptional},
    {2, "gmsaCredentialSpec", kString, kOptional},
    {3, "runAsUserName", kString, kOptional},
    {4, "hostProcess", kBool, kOptional},
};

constexpr PbField kSeccompProfileFields[] = {
    {1, "type"},
    {2, "localhostProfile", kString, kOptional},
};

constexpr PbField kAppArmorProfileFields[] = {
    {1, "type"},
    {2, "localhostProfile", kString, kOptional},
};

constexpr PbField kSecurityContextFields[] = {
    {1, "capabilities", kMessage, kOptional, &kCapabilities},
    {2, "privileged", kBool, kOptional},
    {3, "seLinuxOptions", kMessage, kOptional, &kPbSELinuxOptions},
    {4, "runAsUser", kInt, kOptional},
    {5, "runAsNonRoot", kBool, kOptional},
    {6, "readOnlyRootFilesystem", kBool, kOptional},
    {7, "allowPrivilegeEscalation", kBool, kOptional},
    {8, "runAsGroup", kInt, kOptional},
    {9, "procMount", kString, kOptional},
    {10, "windowsOptions", kMessage, kOptional, &kPbWindowsSecurityContextOptions},
    {11, "seccompProfile", kMessage, kOptional, &kPbSeccompProfile},
    {12, "appArmorProfile", kMessage, kOptional, &kPbAppArmorProfile},
};
constexpr PbMessage kSecurityContext{kSecurityContextFields};

constexpr PbField kContainerFields[] = {
    {1, "name"},
    {2, "image"},
    {3, "command", kString, kList},
    {4, "args", kString, kList},
    {5, "workingDir"},
    {6, "ports", kMessage, kList, &kContainerPort},
    {7, "env", kMessage, kList, &kEnvVar},
    {8, "resources", kMessage, kOne, &kPbResourceRequirements},
    {9, "volumeMounts", kMessage, kList, &kVolumeMount},
    {10, "livenessProbe", kMessage, kOptional, &kProbe},
    {11, "readinessProbe", kMessage, kOptional, &kProbe},
    {12, "lifecycle", kMessage, kOptional, &kLifecycle},
    {13, "terminationMessagePath"},
    {14, "imagePullPolicy"},
    {15, "securityContext", kMessage, kOptional, &kSecurityContext},
    {16, "stdin", kBool},
    {17, "stdinOnce", kBool},
    {18, "tty", kBool},
    {19, "envFrom", kMessage, kList, &kEnvFromSource},
    {20, "terminationMessagePolicy"},
    {21, "volumeDevices", kMessage, kList, &kVolumeDevice},
    {22, "startupProbe", kMessage, kOptional, &kProbe},
    {23, "resizePolicy", kMessage, kList, &kContainerResizePolicy},
    {24, "restartPolicy", kString, kOptional},
};

constexpr PbField kEphemeralContainerCommonFields[] = {
    {1, "name"},
    {2, "image"},
    {3, "command", kString, kList},
    {4, "args", kString, kList},
    {5, "workingDir"},
    {6, "ports", kMessage, kList, &kContainerPort},
    {7, "env", kMessage, kList, &kEnvVar},
    {8, "resources", kMessage, kOne, &kPbResourceRequirements},
    {9, "volumeMounts", kMessage, kList, &kVolumeMount},
    {10, "livenessProbe", kMessage, kOptional, &kProbe},
    {11, "readinessProbe", kMessage, kOptional, &kProbe},
    {12, "lifecycle", kMessage, kOptional, &kLifecycle},
    {13, "terminationMessagePath"},
    {14, "imagePullPolicy"},
    {15, "securityContext", kMessage, kOptional, &kSecurityContext},
    {16, "stdin", kBool},
    {17, "stdinOnce", kBool},
    {18, "tty", kBool},
    {19, "envFrom", kMessage, kList, &kEnvFromSource},
    {20, "terminationMessagePolicy"},
    {21, "volumeDevices", kMessage, kList, &kVolumeDevice},
    {22, "startupProbe", kMessage, kOptional, &kProbe},
    {23, "resizePolicy", kMessage, kList, &kContainerResizePolicy},
    {24, "restartPolicy", kString, kOptional},
};
constexpr PbMessage kEphemeralContainerCommon{kEphemeralContainerCommonFields};

constexpr PbField kEphemeralContainerFields[] = {
    {1, "", kMessage, kInline, &kEphemeralContainerCommon},
    {2, "targetContainerName"},
};

}  // namespace

constinit const PbMessage kPbObjectFieldSelector{kObjectFieldSelectorFields};
constinit const PbMessage kPbResourceFieldSelector{kResourceFieldSelectorFields};
constinit const PbMessage kPbResourceRequirements{kResourceRequirementsFields};
constinit const PbMessage kPbSELinuxOptions{kSELinuxOptionsFields};
constinit const PbMessage kPbWindowsSecurityContextOptions{kWindowsSecurityContextOptionsFields};
constinit const PbMessage kPbSeccompProfile{kSeccompProfileFields};
constinit const PbMessage kPbAppArmorProfile{kAppArmorProfileFields};
constinit const PbMessage kPbContainer{kContainerFields};
constinit const PbMessage kPbEphemeralContainer{kEphemeralContainerFields};

}  // namespace ordinal::apiserver::rest
