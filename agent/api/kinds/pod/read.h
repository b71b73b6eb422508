// Pieces of the Pod view, read in pod_containers.cc and used by pod.cc.
#pragma once

#include "agent/api/kinds/pod/view.h"

namespace ordinal::api {

Container ReadContainer(const Json& json);
/// resourceFieldRef.divisor as it is written; empty when absent.
std::string ReadDivisor(const Json& resource_field_ref);
/// "limits", "requests" or an overhead.
ResourceList ReadResourceList(const Json& amounts);
/// Fills what SecurityContext and PodSecurityContext share.
void ReadSecurityContext(const Json& json, SecurityContext& context);

}  // namespace ordinal::api
