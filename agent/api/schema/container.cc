// Containers of a pod: environment, ports, mounts, resources.
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kContainerFields[] = {
    List(String("args")),
    List(String("command")),
    List(Struct("env", kEnvVar), "name"),
    List(Struct("envFrom", kEnvFromSource)),
    String("image"),
    String("imagePullPolicy"),
    Struct("lifecycle", kLifecycle),
    Struct("livenessProbe", kProbe),
    Required(String("name")),
    Keyed(List(Struct("ports", kContainerPort), "containerPort"), "containerPort,protocol"),
    Struct("readinessProbe", kProbe),
    List(Struct("resizePolicy", kContainerResizePolicy)),
    Default(Struct("resources", kResourceRequirements), "{}"),
    String("restartPolicy"),
    Struct("securityContext", kSecurityContext),
    Struct("startupProbe", kProbe),
    Bool("stdin"),
    Bool("stdinOnce"),
    Default(String("terminationMessagePath"), R"("/dev/termination-log")"),
    Default(String("terminationMessagePolicy"), R"("File")"),
    Bool("tty"),
    List(Struct("volumeDevices", kVolumeDevice), "devicePath"),
    List(Struct("volumeMounts", kVolumeMount), "mountPath"),
    String("workingDir"),
};

constexpr Field kEphemeralContainerFields[] = {
    List(String("args")),
    List(String("command")),
    List(Struct("env", kEnvVar), "name"),
    List(Struct("envFrom", kEnvFromSource)),
    String("image"),
    String("imagePullPolicy"),
    Struct("lifecycle", kLifecycle),
    Struct("livenessProbe", kProbe),
    Required(String("name")),
    Keyed(List(Struct("ports", kContainerPort), "containerPort"), "containerPort,protocol"),
    Struct("readinessProbe", kProbe),
    List(Struct("resizePolicy", kContainerResizePolicy)),
    Default(Struct("resources", kResourceRequirements), "{}"),
    String("restartPolicy"),
    Struct("securityContext", kSecurityContext),
    Struct("startupProbe", kProbe),
    Bool("stdin"),
    Bool("stdinOnce"),
    String("targetContainerName"),
    Default(String("terminationMessagePath"), R"("/dev/termination-log")"),
    Default(String("terminationMessagePolicy"), R"("File")"),
    Bool("tty"),
    List(Struct("volumeDevices", kVolumeDevice), "devicePath"),
    List(Struct("volumeMounts", kVolumeMount), "mountPath"),
    String("workingDir"),
};

constexpr Field kContainerPortFields[] = {
    Required(Int32("containerPort")),        String("hostIP"), Int32("hostPort"), String("name"),
    Default(String("protocol"), R"("TCP")"),
};

constexpr Field kEnvVarFields[] = {
    Required(String("name")),
    String("value"),
    Struct("valueFrom", kEnvVarSource),
};

constexpr Field kEnvVarSourceFields[] = {
    Struct("configMapKeyRef", kConfigMapKeySelector),
    Struct("fieldRef", kObjectFieldSelector),
    Struct("resourceFieldRef", kResourceFieldSelector),
    Struct("secretKeyRef", kSecretKeySelector),
};

constexpr Field kEnvFromSourceFields[] = {
    Struct("configMapRef", kConfigMapEnvSource),
    String("prefix"),
    Struct("secretRef", kSecretEnvSource),
};

constexpr Field kConfigMapEnvSourceFields[] = {
    String("name"),
    Bool("optional"),
};

constexpr Field kSecretEnvSourceFields[] = {
    String("name"),
    Bool("optional"),
};

constexpr Field kConfigMapKeySelectorFields[] = {
    Required(String("key")),
    String("name"),
    Bool("optional"),
};

constexpr Field kSecretKeySelectorFields[] = {
    Required(String("key")),
    String("name"),
    Bool("optional"),
};

constexpr Field kObjectFieldSelectorFields[] = {
    Default(String("apiVersion"), R"("v1")"),
    Required(String("fieldPath")),
};

constexpr Field kResourceFieldSelectorFields[] = {
    String("containerName"),
    Default(Quantity("divisor"), R"("0")"),
    Required(String("resource")),
};

constexpr Field kVolumeMountFields[] = {
    Required(String("mountPath")), String("mountPropagation"), Required(String("name")), Bool("readOnly"),
    String("recursiveReadOnly"),   String("subPath"),          String("subPathExpr"),
};

constexpr Field kVolumeDeviceFields[] = {
    Required(String("devicePath")),
    Required(String("name")),
};

constexpr Field kResourceRequirementsFields[] = {
    Keyed(List(Struct("claims", kResourceClaim)), "name"),
    Map(Quantity("limits")),
    Map(Quantity("requests")),
};

constexpr Field kResourceClaimFields[] = {
    Required(String("name")),
    String("request"),
};

constexpr Field kContainerResizePolicyFields[] = {
    Required(String("resourceName")),
    Required(String("restartPolicy")),
};

}  // namespace

constinit const StructType kContainer{"Container", kContainerFields};
constinit const StructType kEphemeralContainer{"EphemeralContainer", kEphemeralContainerFields};
constinit const StructType kContainerPort{"ContainerPort", kContainerPortFields};
constinit const StructType kEnvVar{"EnvVar", kEnvVarFields};
constinit const StructType kEnvVarSource{"EnvVarSource", kEnvVarSourceFields};
constinit const StructType kEnvFromSource{"EnvFromSource", kEnvFromSourceFields};
constinit const StructType kConfigMapEnvSource{"ConfigMapEnvSource", kConfigMapEnvSourceFields};
constinit const StructType kSecretEnvSource{"SecretEnvSource", kSecretEnvSourceFields};
constinit const StructType kConfigMapKeySelector{"ConfigMapKeySelector", kConfigMapKeySelectorFields, kAtomic};
constinit const StructType kSecretKeySelector{"SecretKeySelector", kSecretKeySelectorFields, kAtomic};
constinit const StructType kObjectFieldSelector{"ObjectFieldSelector", kObjectFieldSelectorFields, kAtomic};
constinit const StructType kResourceFieldSelector{"ResourceFieldSelector", kResourceFieldSelectorFields, kAtomic};
constinit const StructType kVolumeMount{"VolumeMount", kVolumeMountFields};
constinit const StructType kVolumeDevice{"VolumeDevice", kVolumeDeviceFields};
constinit const StructType kResourceRequirements{"ResourceRequirements", kResourceRequirementsFields};
constinit const StructType kResourceClaim{"ResourceClaim", kResourceClaimFields};
constinit const StructType kContainerResizePolicy{"ContainerResizePolicy", kContainerResizePolicyFields};

}  // namespace ordinal::api::schema
