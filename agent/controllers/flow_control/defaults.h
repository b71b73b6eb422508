// The FlowSchemas and PriorityLevelConfigurations that the reference makes (k8s.io/apiserver,
// apis/flowcontrol/bootstrap): the mandatory ones, exempt and catch-all, and those of the suggested ones that speak of
// nodes and of service accounts. They are there to be found; the API has limits of its own (docs/limits.md). Those that
// somebody changed stay so.
#pragma once

#include "agent/base/clock.h"
#include "agent/objects/objects.h"

namespace ordinal::controllers::flow_control {

/// Makes those that are missing. The error is that of the first one that could not be made; the others are.
Task<Status> MakeDefaults(objects::Objects& objects);
/// MakeDefaults again and again, first in a second and later every five minutes, until nothing fails: a full disk gets
/// room, and what was deleted goes in the end. `last`: why it failed before. `clock` and `objects` outlive it.
Task<void> RepeatDefaults(Clock& clock, objects::Objects& objects, Error last);

}  // namespace ordinal::controllers::flow_control
