// Containers, their environment, ports and resources.
#include "agent/api/kinds/pod/choices.h"
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/pod/values.h"
#include "agent/api/kinds/shared/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kContainerFields[] = {
    Tag(4, List(String("args")),
        "arguments of the command; the image's when absent. $(NAME) is replaced by the variable's value"),
    Tag(3, List(String("command")),
        "the program and its first arguments, without a shell; the image's entry point when absent"),
    Tag(7, List(Struct("env", kEnvVar), "name"),
        "environment variables, in order; later ones may use earlier ones as $(NAME)"),
    Tag(19, List(Struct("envFrom", kEnvFromSource)), "config maps and secrets whose every key becomes a variable"),
    Tag(2, String("image"), "the image's name, with tag or digest"),
    Tag(14, OneOf(String("imagePullPolicy"), kPullPolicies),
        "Always, IfNotPresent or Never; Always for the tag latest, otherwise IfNotPresent"),
    Tag(12, Optional(Struct("lifecycle", kLifecycle)), "what to do right after the start and right before the end"),
    Tag(10, Optional(Struct("livenessProbe", kProbe)), "a check whose failure has the container restarted"),
    Tag(1, Required(String("name")), "the container's name, unique in the pod; cannot be changed"),
    Tag(6, Keyed(List(Struct("ports", kContainerPort), "containerPort"), "containerPort,protocol"),
        "ports the container listens on; for people, and to be named by services and probes"),
    Tag(11, Optional(Struct("readinessProbe", kProbe)), "a check whose failure takes the pod out of its services"),
    Tag(23, List(Struct("resizePolicy", kContainerResizePolicy)), "whether a change of resources needs a restart"),
    Tag(8, Default(Struct("resources", kResourceRequirements), "{}"),
        "what the container needs and what it may use at most"),
    Tag(24, Optional(String("restartPolicy")),
        "when the container is started again: Always, OnFailure or Never; the pod's policy when absent. Always makes "
        "an "
        "init container go on beside the others"),
    Tag(25, List(Struct("restartPolicyRules", kContainerRestartRule)),
        "what becomes of certain exit codes, before restartPolicy, which must be given; the first rule that fits "
        "counts"),
    Tag(15, Optional(Struct("securityContext", kSecurityContext)),
        "user, capabilities and kernel settings; goes before those of the pod"),
    Tag(22, Optional(Struct("startupProbe", kProbe)), "a check that must pass once before the other probes begin"),
    Tag(16, Bool("stdin"), "keep the standard input open"),
    Tag(17, Bool("stdinOnce"), "close the standard input after the first client"),
    Tag(13, Default(String("terminationMessagePath"), R"("/dev/termination-log")"),
        "a file in which the container may leave its last words"),
    Tag(20, Default(OneOf(String("terminationMessagePolicy"), kMessagePolicies), R"("File")"),
        "File, or FallbackToLogsOnError: the end of the log when the file is empty"),
    Tag(18, Bool("tty"), "give the container a terminal; needs stdin"),
    Tag(21, Unsupported(List(Struct("volumeDevices", kVolumeDevice), "devicePath"), "raw block volumes"),
        "block devices put into the container"),
    Tag(9, List(Struct("volumeMounts", kVolumeMount), "mountPath"), "volumes mounted into the container's file system"),
    Tag(5, String("workingDir"), "the directory the command starts in; the image's when absent"),
};

constexpr Field kEphemeralContainerFields[] = {
    In(1, 4, List(String("args")), "the command's arguments; the image's when absent"),
    In(1, 3, List(String("command")), "what is run; the image's entrypoint when absent"),
    In(1, 7, List(Struct("env", kEnvVar), "name"), "environment variables"),
    In(1, 19, List(Struct("envFrom", kEnvFromSource)),
       "config maps and secrets whose keys become environment variables"),
    In(1, 2, String("image"), "the image it is made from"),
    In(1, 14, OneOf(String("imagePullPolicy"), kPullPolicies),
       "when the image is pulled: Always, IfNotPresent or Never"),
    In(1, 12, Optional(Struct("lifecycle", kLifecycle)), "may not be set: such a container has none"),
    In(1, 10, Optional(Struct("livenessProbe", kProbe)), "may not be set: such a container has none"),
    In(1, 1, Required(String("name")), "its name, unique among all containers of the pod"),
    In(1, 6, Keyed(List(Struct("ports", kContainerPort), "containerPort"), "containerPort,protocol"),
       "may not be set: such a container has none"),
    In(1, 11, Optional(Struct("readinessProbe", kProbe)), "may not be set: such a container has none"),
    In(1, 23, List(Struct("resizePolicy", kContainerResizePolicy)), "may not be set: such a container has none"),
    In(1, 8, Default(Struct("resources", kResourceRequirements), "{}"), "may not be set: such a container has none"),
    In(1, 24, Optional(String("restartPolicy")), "may not be set: such a container has none"),
    In(1, 25, List(Struct("restartPolicyRules", kContainerRestartRule)), "may not be set: such a container has none"),
    In(1, 15, Optional(Struct("securityContext", kSecurityContext)),
       "user, capabilities and kernel settings; goes before those of the pod"),
    In(1, 22, Optional(Struct("startupProbe", kProbe)), "may not be set: such a container has none"),
    In(1, 16, Bool("stdin"), "keep the standard input open"),
    In(1, 17, Bool("stdinOnce"), "close the standard input after the first client"),
    Tag(2, String("targetContainerName"), "the container whose processes it sees"),
    In(1, 13, Default(String("terminationMessagePath"), R"("/dev/termination-log")"),
       "a file in which it may leave its last words"),
    In(1, 20, Default(OneOf(String("terminationMessagePolicy"), kMessagePolicies), R"("File")"),
       "File, or FallbackToLogsOnError: the end of the log when the file is empty"),
    In(1, 18, Bool("tty"), "give it a terminal; needs stdin"),
    In(1, 21, Unsupported(List(Struct("volumeDevices", kVolumeDevice), "devicePath"), "raw block volumes")),
    In(1, 9, List(Struct("volumeMounts", kVolumeMount), "mountPath"), "volumes mounted into its file system"),
    In(1, 5, String("workingDir"), "the directory the command starts in; the image's when absent"),
};

constexpr Field kContainerPortFields[] = {
    Tag(3, Required(Int32("containerPort")), "the number, 1 to 65535"),
    Tag(5, String("hostIP"), "the host's address for hostPort"),
    Tag(2, Int32("hostPort"), "a port of the host that is passed on to the container"),
    Tag(1, String("name"), "a name services and probes may use; unique in the pod"),
    Tag(4, Default(OneOf(String("protocol"), kProtocols), R"("TCP")"), "TCP (the default), UDP or SCTP"),
};

constexpr Field kEnvVarFields[] = {
    Tag(1, Required(String("name")), "the variable's name"),
    Tag(2, String("value"), "its value; $(NAME) is replaced by an earlier variable's value, $$ is a dollar sign"),
    Tag(3, Optional(Struct("valueFrom", kEnvVarSource)), "where the value comes from instead"),
};

constexpr Field kEnvVarSourceFields[] = {
    Tag(3, Optional(Struct("configMapKeyRef", kConfigMapKeySelector)), "a key of a config map"),
    Tag(1, Optional(Struct("fieldRef", kObjectFieldSelector)),
        "a field of the pod: metadata.name, metadata.namespace, metadata.labels['x'], spec.nodeName, status.podIP, …"),
    Tag(5, Optional(Struct("fileKeyRef", kFileKeySelector)), "a variable of a file that another container wrote"),
    Tag(2, Optional(Struct("resourceFieldRef", kResourceFieldSelector)), "a limit or request of a container"),
    Tag(4, Optional(Struct("secretKeyRef", kSecretKeySelector)), "a key of a secret"),
};

constexpr Field kEnvFromSourceFields[] = {
    Tag(2, Optional(Struct("configMapRef", kConfigMapEnvSource)), "a config map"),
    Tag(1, String("prefix"), "put before every key"),
    Tag(3, Optional(Struct("secretRef", kSecretEnvSource)), "a secret"),
};

constexpr Field kConfigMapEnvSourceFields[] = {
    In(1, 1, String("name"), "the config map"),
    Tag(2, Optional(Bool("optional")), "go on without it when it is missing"),
};

constexpr Field kSecretEnvSourceFields[] = {
    In(1, 1, String("name"), "the secret"),
    Tag(2, Optional(Bool("optional")), "go on without it when it is missing"),
};

constexpr Field kConfigMapKeySelectorFields[] = {
    Tag(2, Required(String("key")), "the key of the value"),
    In(1, 1, String("name"), "the config map"),
    Tag(3, Optional(Bool("optional")), "go on without it when it is missing"),
};

constexpr Field kSecretKeySelectorFields[] = {
    Tag(2, Required(String("key")), "the key of the value"),
    In(1, 1, String("name"), "the secret"),
    Tag(3, Optional(Bool("optional")), "go on without it when it is missing"),
};

constexpr Field kFileKeySelectorFields[] = {
    Tag(3, Required(String("key")), "the name of the variable in the file"),
    Tag(4, Optional(Default(Bool("optional"), "false")), "go on without it when the file or the variable is missing"),
    Tag(2, Required(String("path")), "the file, in the volume"),
    Tag(1, Required(String("volumeName")), "an emptyDir of the pod"),
};

constexpr Field kObjectFieldSelectorFields[] = {
    Tag(1, Default(String("apiVersion"), R"("v1")"), "the version that the path is of; v1"),
    Tag(2, Required(String("fieldPath")), "the path of the field, such as metadata.name"),
};

constexpr Field kResourceFieldSelectorFields[] = {
    Tag(1, String("containerName"), "the container; in its own environment it may be left out"),
    Tag(3, Default(Quantity("divisor"), R"("0")"), "the unit, such as 1Mi; 1 when absent"),
    Tag(2, Required(String("resource")), "such as limits.memory or requests.cpu"),
};

constexpr Field kVolumeMountFields[] = {
    Tag(3, Required(String("mountPath")), "the path in the container"),
    Tag(5, Optional(OneOf(String("mountPropagation"), kMountPropagations)),
        "None (the default), HostToContainer or Bidirectional"),
    Tag(1, Required(String("name")), "the volume, by its name in the pod"),
    Tag(2, Bool("readOnly"), "mount it read-only"),
    Tag(7, Optional(String("recursiveReadOnly")),
        "Disabled (the default), Enabled, or IfPossible: what is mounted below is read-only too"),
    Tag(4, String("subPath"), "a path below the volume's root to mount instead of the root"),
    Tag(6, String("subPathExpr"), "subPath with $(NAME) replaced by environment variables"),
};

constexpr Field kVolumeDeviceFields[] = {
    Tag(2, Required(String("devicePath"))),
    Tag(1, Required(String("name"))),
};

constexpr Field kResourceRequirementsFields[] = {
    Tag(3, Unsupported(Keyed(List(Struct("claims", kResourceClaim)), "name"), "dynamic resource allocation"),
        "devices the container uses"),
    Tag(1, Map(Quantity("limits")), "what the container may use at most"),
    Tag(2, Map(Quantity("requests")), "what the container needs; the limits when absent"),
};

constexpr Field kResourceClaimFields[] = {
    Tag(1, Required(String("name"))),
    Tag(2, String("request")),
};

constexpr Field kContainerRestartRuleFields[] = {
    Tag(1, Required(String("action")),
        "Restart: the container is started again; RestartAllContainers: all containers of the pod end, and start again "
        "with the first init container"),
    Tag(2, Optional(Struct("exitCodes", kContainerRestartRuleOnExitCodes)), "the exit codes it is for"),
};

constexpr Field kContainerRestartRuleOnExitCodesFields[] = {
    Tag(1, Required(String("operator")), "In: codes that are listed; NotIn: those that are not"),
    Tag(2, List(Int32("values")), "the codes, at most 255"),
};

constexpr Field kContainerResizePolicyFields[] = {
    Tag(1, Required(String("resourceName")), "cpu or memory"),
    Tag(2, Required(String("restartPolicy")),
        "NotRequired (the default) or RestartContainer: what a change of it takes"),
};

}  // namespace

constinit const StructType kContainer{"Container", kContainerFields,
                                      "one process tree with its own image and file system"};
constinit const StructType kEphemeralContainer{"EphemeralContainer", kEphemeralContainerFields,
                                               "a container put into a running pod to look into it"};
constinit const StructType kContainerPort{"ContainerPort", kContainerPortFields};
constinit const StructType kEnvVar{"EnvVar", kEnvVarFields, "an environment variable", false, &kEnvVarChoices};
constinit const StructType kEnvVarSource{"EnvVarSource", kEnvVarSourceFields, {}, false, &kOneMember};
constinit const StructType kEnvFromSource{"EnvFromSource", kEnvFromSourceFields};
constinit const StructType kConfigMapEnvSource{"ConfigMapEnvSource", kConfigMapEnvSourceFields};
constinit const StructType kSecretEnvSource{"SecretEnvSource", kSecretEnvSourceFields};
constinit const StructType kConfigMapKeySelector{"ConfigMapKeySelector", kConfigMapKeySelectorFields, {}, kAtomic};
constinit const StructType kFileKeySelector{"FileKeySelector", kFileKeySelectorFields, {}, kAtomic};
constinit const StructType kSecretKeySelector{"SecretKeySelector", kSecretKeySelectorFields, {}, kAtomic};
constinit const StructType kObjectFieldSelector{"ObjectFieldSelector", kObjectFieldSelectorFields, {}, kAtomic};
constinit const StructType kResourceFieldSelector{"ResourceFieldSelector", kResourceFieldSelectorFields, {}, kAtomic};
constinit const StructType kVolumeMount{"VolumeMount", kVolumeMountFields, "where a volume appears in a container"};
constinit const StructType kVolumeDevice{"VolumeDevice", kVolumeDeviceFields};
constinit const StructType kResourceRequirements{"ResourceRequirements", kResourceRequirementsFields};
constinit const StructType kResourceClaim{"ResourceClaim", kResourceClaimFields};
constinit const StructType kContainerRestartRule{"ContainerRestartRule", kContainerRestartRuleFields};
constinit const StructType kContainerRestartRuleOnExitCodes{"ContainerRestartRuleOnExitCodes",
                                                            kContainerRestartRuleOnExitCodesFields};
constinit const StructType kContainerResizePolicy{"ContainerResizePolicy", kContainerResizePolicyFields};

}  // namespace ordinal::api::schema
