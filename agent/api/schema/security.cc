// Security contexts of pods and containers.
#include "agent/api/schema/fields.h"
#include "agent/api/schema/types.h"

namespace ordinal::api::schema {
namespace {

constexpr Field kPodSecurityContextFields[] = {
    Struct("appArmorProfile", kAppArmorProfile),
    Int64("fsGroup"),
    String("fsGroupChangePolicy"),
    Int64("runAsGroup"),
    Bool("runAsNonRoot"),
    Int64("runAsUser"),
    String("seLinuxChangePolicy"),
    Struct("seLinuxOptions", kSELinuxOptions),
    Struct("seccompProfile", kSeccompProfile),
    List(Int64("supplementalGroups")),
    String("supplementalGroupsPolicy"),
    List(Struct("sysctls", kSysctl)),
    Struct("windowsOptions", kWindowsSecurityContextOptions),
};

constexpr Field kSecurityContextFields[] = {
    Bool("allowPrivilegeEscalation"),
    Struct("appArmorProfile", kAppArmorProfile),
    Struct("capabilities", kCapabilities),
    Bool("privileged"),
    String("procMount"),
    Bool("readOnlyRootFilesystem"),
    Int64("runAsGroup"),
    Bool("runAsNonRoot"),
    Int64("runAsUser"),
    Struct("seLinuxOptions", kSELinuxOptions),
    Struct("seccompProfile", kSeccompProfile),
    Struct("windowsOptions", kWindowsSecurityContextOptions),
};

constexpr Field kCapabilitiesFields[] = {
    List(String("add")),
    List(String("drop")),
};

constexpr Field kAppArmorProfileFields[] = {
    String("localhostProfile"),
    Required(String("type")),
};

constexpr Field kSeccompProfileFields[] = {
    String("localhostProfile"),
    Required(String("type")),
};

constexpr Field kSELinuxOptionsFields[] = {
    String("level"),
    String("role"),
    String("type"),
    String("user"),
};

constexpr Field kSysctlFields[] = {
    Required(String("name")),
    String("value"),
};

constexpr Field kWindowsSecurityContextOptionsFields[] = {
    String("gmsaCredentialSpec"),
    String("gmsaCredentialSpecName"),
    Bool("hostProcess"),
    String("runAsUserName"),
};

}  // namespace

constinit const StructType kPodSecurityContext{"PodSecurityContext", kPodSecurityContextFields};
constinit const StructType kSecurityContext{"SecurityContext", kSecurityContextFields};
constinit const StructType kCapabilities{"Capabilities", kCapabilitiesFields};
constinit const StructType kAppArmorProfile{"AppArmorProfile", kAppArmorProfileFields};
constinit const StructType kSeccompProfile{"SeccompProfile", kSeccompProfileFields};
constinit const StructType kSELinuxOptions{"SELinuxOptions", kSELinuxOptionsFields};
constinit const StructType kSysctl{"Sysctl", kSysctlFields};
constinit const StructType kWindowsSecurityContextOptions{"WindowsSecurityContextOptions",
                                                          kWindowsSecurityContextOptionsFields};

}  // namespace ordinal::api::schema
