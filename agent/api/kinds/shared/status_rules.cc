#include "agent/api/kinds/shared/status_rules.h"

#include "agent/api/read.h"

namespace ordinal::api {
void ValidateCounts(const Json& status, std::initializer_list<std::string_view> members, Faults& faults) {
  for (const std::string_view member : members) faults.NotNegative(StatusPath(member), ReadInt(status, member));
}

void ValidateReplicaCounts(const Json& status, std::initializer_list<std::string_view> parts, Faults& faults) {
  ValidateCounts(status, {"replicas", "observedGeneration"}, faults);
  ValidateCounts(status, parts, faults);
  const int64_t replicas = ReadInt(status, "replicas"), available = ReadInt(status, "availableReplicas");
  for (const std::string_view part : parts) {
    const int64_t count = ReadInt(status, part);
    if (count > replicas) faults.Invalid(StatusPath(part), count, "cannot be greater than status.replicas");
  }
  if (available > ReadInt(status, "readyReplicas")) {
    faults.Invalid(StatusPath("availableReplicas"), available, "cannot be greater than readyReplicas");
  }
}

void ValidateCollisionCount(const Json& status, const Json& old_status, Faults& faults) {
  ValidateCounts(status, {"collisionCount"}, faults);
  const int64_t count = ReadInt(status, "collisionCount");
  if (count < ReadInt(old_status, "collisionCount")) {
    faults.Invalid(StatusPath("collisionCount"), count, "cannot be decremented");
  }
}

}  // namespace ordinal::api
