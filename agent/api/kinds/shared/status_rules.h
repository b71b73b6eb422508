// Rules of what is written to the status sub-resource of sets of pods (the reference's Validate…Status of apps and
// core). What controllers of this agent write is not asked.
#pragma once

#include <initializer_list>
#include <string_view>

#include "agent/api/faults.h"

namespace ordinal::api {

inline Path StatusPath(std::string_view member) { return Path("status") / member; }

/// Counts of `status` that are below zero.
void ValidateCounts(const Json& status, std::initializer_list<std::string_view> members, Faults& faults);

/// Counts of pods: none below zero, none of `parts` above `replicas`, and not more available ones than ready ones.
void ValidateReplicaCounts(const Json& status, std::initializer_list<std::string_view> parts, Faults& faults);

/// collisionCount never goes back.
void ValidateCollisionCount(const Json& status, const Json& old_status, Faults& faults);

}  // namespace ordinal::api
