// Security contexts of pods and containers.
#include "agent/api/kinds/pod/choices.h"
#include "agent/api/kinds/pod/fields.h"
#include "agent/api/kinds/pod/values.h"
#include "agent/api/schema/fields.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kPodSecurityContextFields[] = {
    Tag(11, Optional(Struct("appArmorProfile", kAppArmorProfile)),
        "what AppArmor lets the containers do; a host without it fails the pod"),
    Tag(5, Optional(Int64("fsGroup")), "a group that owns the pod's volumes and that all containers belong to"),
    Tag(9, Optional(OneOf(String("fsGroupChangePolicy"), kFsGroupChangePolicies)),
        "when the owner of a volume's files is changed: Always or OnRootMismatch"),
    Tag(6, Optional(Int64("runAsGroup")), "the group every process starts with"),
    Tag(3, Optional(Bool("runAsNonRoot")), "refuse to start a container that would run as root"),
    Tag(2, Optional(Int64("runAsUser")), "the user every process starts as"),
    Tag(13, Optional(Ineffective(String("seLinuxChangePolicy"), "the agent gives volumes no SELinux label"))),
    Tag(1, Optional(Struct("seLinuxOptions", kSELinuxOptions)), "the SELinux label of the processes"),
    Tag(10, Optional(Struct("seccompProfile", kSeccompProfile)), "which system calls are allowed"),
    Tag(4, List(Int64("supplementalGroups")), "further groups of every process"),
    Tag(12, Optional(OneOf(String("supplementalGroupsPolicy"), kSupplementalGroupsPolicies)),
        "Merge (the default): with the groups that the image gives its user; Strict: without (needs containerd 2.0)"),
    Tag(7, List(Struct("sysctls", kSysctl)),
        "kernel parameters of the pod's namespaces: the safe ones, and those of --allowed-unsafe-sysctls"),
    Tag(8, Optional(Struct("windowsOptions", kWindowsSecurityContextOptions)), "settings for Windows"),
};

constexpr Field kSecurityContextFields[] = {
    Tag(7, Optional(Bool("allowPrivilegeEscalation")), "whether a process may gain more rights than its parent"),
    Tag(12, Optional(Struct("appArmorProfile", kAppArmorProfile)), "what AppArmor lets the container do"),
    Tag(1, Optional(Struct("capabilities", kCapabilities)), "capabilities added and dropped"),
    Tag(2, Optional(Bool("privileged")), "run with all rights of the host's root"),
    Tag(9, Optional(OneOf(String("procMount"), kProcMounts)),
        "Default, or Unmasked: all of /proc, in a user namespace of the pod's own"),
    Tag(6, Optional(Bool("readOnlyRootFilesystem")), "mount the image read-only"),
    Tag(8, Optional(Int64("runAsGroup")), "the group the process starts with"),
    Tag(5, Optional(Bool("runAsNonRoot")), "refuse to start as root"),
    Tag(4, Optional(Int64("runAsUser")), "the user the process starts as"),
    Tag(3, Optional(Struct("seLinuxOptions", kSELinuxOptions)), "the SELinux label of the process"),
    Tag(11, Optional(Struct("seccompProfile", kSeccompProfile)), "which system calls are allowed"),
    Tag(10, Optional(Struct("windowsOptions", kWindowsSecurityContextOptions)), "settings for Windows"),
};

constexpr Field kCapabilitiesFields[] = {
    Tag(1, List(String("add")), "capabilities given beyond the usual ones"),
    Tag(2, List(String("drop")), "capabilities taken away"),
};

constexpr Field kAppArmorProfileFields[] = {
    Tag(2, Optional(String("localhostProfile")), "the name of a profile that the kernel has loaded"),
    Tag(1, Required(OneOf(String("type"), kProfileTypes)), "Localhost, RuntimeDefault or Unconfined"),
};

constexpr Field kSeccompProfileFields[] = {
    Tag(2, Optional(String("localhostProfile")), "a file below the state directory's seccomp"),
    Tag(1, Required(OneOf(String("type"), kProfileTypes)), "Localhost, RuntimeDefault or Unconfined"),
};

constexpr Field kSELinuxOptionsFields[] = {
    Tag(4, String("level"), "the level of the label"),
    Tag(2, String("role"), "the role of the label"),
    Tag(3, String("type"), "the type of the label"),
    Tag(1, String("user"), "the user of the label"),
};

constexpr Field kSysctlFields[] = {
    Tag(1, Required(String("name")), "the kernel parameter, such as net.ipv4.tcp_syncookies"),
    Tag(2, String("value"), "what it is set to"),
};

constexpr const char* kOnWindows = "only Windows looks at it";

constexpr Field kWindowsSecurityContextOptionsFields[] = {
    Tag(2, Optional(Ineffective(String("gmsaCredentialSpec"), kOnWindows))),
    Tag(1, Optional(Ineffective(String("gmsaCredentialSpecName"), kOnWindows))),
    Tag(4, Optional(Ineffective(Bool("hostProcess"), kOnWindows))),
    Tag(3, Optional(Ineffective(String("runAsUserName"), kOnWindows))),
};

}  // namespace

constinit const StructType kPodSecurityContext{"PodSecurityContext", kPodSecurityContextFields,
                                               "user, group and kernel settings of all containers of the pod"};
constinit const StructType kSecurityContext{"SecurityContext", kSecurityContextFields,
                                            "user, capabilities and kernel settings of one container"};
constinit const StructType kCapabilities{"Capabilities", kCapabilitiesFields};
constinit const StructType kAppArmorProfile{"AppArmorProfile", kAppArmorProfileFields, {}, false, &kOneMember};
constinit const StructType kSeccompProfile{"SeccompProfile", kSeccompProfileFields, {}, false, &kOneMember};
constinit const StructType kSELinuxOptions{"SELinuxOptions", kSELinuxOptionsFields};
constinit const StructType kSysctl{"Sysctl", kSysctlFields};
constinit const StructType kWindowsSecurityContextOptions{"WindowsSecurityContextOptions",
                                                          kWindowsSecurityContextOptionsFields};

}  // namespace ordinal::api::schema
