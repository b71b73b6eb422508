// The words that fields of pods may have: the documents of OpenAPI list them, and rules ask for them.
#pragma once

#include <string_view>

namespace ordinal::api::schema {

inline constexpr std::string_view kPodRestartPolicies[] = {"Always", "Never", "OnFailure"};
inline constexpr std::string_view kDnsPolicies[] = {"ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"};
inline constexpr std::string_view kPodPhases[] = {"Failed", "Pending", "Running", "Succeeded", "Unknown"};
inline constexpr std::string_view kQosClasses[] = {"BestEffort", "Burstable", "Guaranteed"};

// Of containers.
inline constexpr std::string_view kMessagePolicies[] = {"FallbackToLogsOnError", "File"};
inline constexpr std::string_view kMountPropagations[] = {"Bidirectional", "HostToContainer", "None"};
inline constexpr std::string_view kSchemes[] = {"HTTP", "HTTPS"};

// Of placement.
inline constexpr std::string_view kNodeOperators[] = {"DoesNotExist", "Exists", "Gt", "In", "Lt", "NotIn"};
inline constexpr std::string_view kTolerationOperators[] = {"Equal", "Exists"};
inline constexpr std::string_view kUnsatisfiableActions[] = {"DoNotSchedule", "ScheduleAnyway"};
inline constexpr std::string_view kInclusionPolicies[] = {"Honor", "Ignore"};

// Of security contexts.
inline constexpr std::string_view kProfileTypes[] = {"Localhost", "RuntimeDefault", "Unconfined"};
inline constexpr std::string_view kProcMounts[] = {"Default", "Unmasked"};
inline constexpr std::string_view kOperatingSystems[] = {"linux", "windows"};
inline constexpr std::string_view kFsGroupChangePolicies[] = {"Always", "OnRootMismatch"};
inline constexpr std::string_view kSupplementalGroupsPolicies[] = {"Merge", "Strict"};

}  // namespace ordinal::api::schema
