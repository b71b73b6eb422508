// What the handlers of this folder read of a pod: which container is meant, and how it is. Pure.
#pragma once

#include <string>

#include "agent/api/object.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::streams {

/// The pod of /api/v1/namespaces/<ns>/pods/<name>/<subresource>, as rest/route.h reads it: the one that access was
/// asked for. No names when the path is no pod's.
api::ObjectKey PodKeyOf(const http::Request& request);

/// The container a request means: the one it names, else the one of the annotation
/// kubectl.kubernetes.io/default-container, else the only one. kInvalid, worded as clients know it, when it names one
/// that is not there, or none and there are several. Init and ephemeral containers may be named too.
Result<std::string> PickContainer(const api::Object& pod, std::string_view asked);

/// The container's entry in status.containerStatuses, initContainerStatuses or ephemeralContainerStatuses; null when
/// there is none.
const api::Json& StatusOf(const api::Object& pod, std::string_view container);

/// The container in spec.containers, initContainers or ephemeralContainers; null when there is none.
const api::Json& SpecOf(const api::Object& pod, std::string_view container);

/// "<id>" of "containerd://<id>"; empty stays empty.
std::string BareId(std::string_view container_id);

}  // namespace ordinal::apiserver::streams
