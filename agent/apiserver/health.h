// What the agent says of itself: /healthz and /livez, which answer as long as the control thread does; /readyz, which
// is so when every part is; and /ordinal/manifests, what of the manifest directory is not applied as it stands.
#pragma once

#include <functional>

#include "agent/api/object.h"
#include "agent/apiserver/rest/routes.h"

namespace ordinal::apiserver {

/// Of parts: {part: true | "why not"}. Of files: {file: [errors]}. Called on the control thread.
using Condition = std::function<api::Json()>;

void AddHealth(Routes& routes, Condition readiness);
void AddManifests(Routes& routes, Condition errors);

}  // namespace ordinal::apiserver
