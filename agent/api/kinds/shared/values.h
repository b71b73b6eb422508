// The words that fields of several kinds may have: the documents of OpenAPI list them, and rules ask for them.
#pragma once

#include <string_view>

namespace ordinal::api::schema {

inline constexpr std::string_view kProtocols[] = {"SCTP", "TCP", "UDP"};
inline constexpr std::string_view kPullPolicies[] = {"Always", "IfNotPresent", "Never"};
inline constexpr std::string_view kPreemptionPolicies[] = {"Never", "PreemptLowerPriority"};
inline constexpr std::string_view kTaintEffects[] = {"NoExecute", "NoSchedule", "PreferNoSchedule"};

// Of volumes, claims and classes.
inline constexpr std::string_view kAccessModes[] = {"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce",
                                                    "ReadWriteOncePod"};
inline constexpr std::string_view kVolumeModes[] = {"Block", "Filesystem"};
inline constexpr std::string_view kReclaimPolicies[] = {"Delete", "Recycle", "Retain"};
inline constexpr std::string_view kHostPathTypes[] = {
    "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"};
inline constexpr std::string_view kAzureCachingModes[] = {"None", "ReadOnly", "ReadWrite"};
inline constexpr std::string_view kAzureDiskKinds[] = {"Dedicated", "Managed", "Shared"};

// Of the configurations of admission.
inline constexpr std::string_view kFailurePolicies[] = {"Fail", "Ignore"};
inline constexpr std::string_view kMatchPolicies[] = {"Equivalent", "Exact"};
inline constexpr std::string_view kReinvocationPolicies[] = {"IfNeeded", "Never"};
inline constexpr std::string_view kRuleScopes[] = {"*", "Cluster", "Namespaced"};
inline constexpr std::string_view kRuleOperations[] = {"*", "CONNECT", "CREATE", "DELETE", "UPDATE"};
/// v1 takes no others than the first two.
inline constexpr std::string_view kSideEffects[] = {"None", "NoneOnDryRun", "Some", "Unknown"};

}  // namespace ordinal::api::schema
