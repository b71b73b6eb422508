// Defaults of a PodSpec that depend on other fields; the simple ones are in the schema tables.
#pragma once

#include "agent/api/object.h"

namespace ordinal::api {

/// A pod's spec or a template's: image pull policies, volumes without a source, the service account's two names.
void DefaultPodSpec(Json& spec);
/// What only a pod gets and a template does not: requests from limits, host ports, enableServiceLinks.
void DefaultPodOnly(Json& spec);

}  // namespace ordinal::api
