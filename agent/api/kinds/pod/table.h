// What `kubectl get pods` shows of a pod.
#pragma once

#include <string>

#include "agent/api/kind.h"

namespace ordinal::api {

extern const Column kPodColumns[9];
Json PodCells(const Json& body, WallTime now);
/// A pod that ended is Completed: a KindInfo::row_conditions.
Json PodRowConditions(const Json& body);
/// The STATUS cell: "Running", "Init:0/2", "CrashLoopBackOff", "Completed", "Terminating".
std::string PodStatusCell(const Json& body);

}  // namespace ordinal::api
