// The FlowSchemas and PriorityLevelConfigurations that the reference makes (k8s.io/apiserver,
// apis/flowcontrol/bootstrap): the mandatory ones, exempt and catch-all, and those of the suggested ones that speak of
// nodes and of service accounts. They are there to be found; the API has limits of its own (docs/limits.md). Pure.
//
//   missing             made
//   mandatory, changed  put right
//   suggested, changed  put right unless its annotation apf.kubernetes.io/autoupdate-spec is false, or it is not there
//                       and somebody wrote another spec
#pragma once

#include <vector>

#include "agent/api/object.h"

namespace ordinal::controllers::flow_control {

inline constexpr char kSchema[] = "FlowSchema", kLevel[] = "PriorityLevelConfiguration";

/// All of them, completed with their defaults.
const std::vector<api::Json>& Documents();

/// Makes `stored` what it shall be by `wanted`, one of Documents(). False: it is.
bool PutRight(const api::Json& wanted, api::Json& stored);

}  // namespace ordinal::controllers::flow_control
