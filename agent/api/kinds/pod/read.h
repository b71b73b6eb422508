// Pieces of the Pod view, read in pod_containers.cc and used by pod.cc.
#pragma once

#include "agent/api/kinds/pod/view.h"

namespace ordinal::api {

Container ReadContainer(const Json& json);
/// Fills what SecurityContext and PodSecurityContext share.
void ReadSecurityContext(const Json& json, SecurityContext& context);

}  // namespace ordinal::api
