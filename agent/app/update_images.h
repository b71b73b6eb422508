// The images of a pod template, as the StatefulSet controller asks for them before an update takes a pod down. Part of
// the composition root: controllers do not know the node.
#pragma once

#include "agent/controllers/statefulset/image_state.h"
#include "agent/podsync/images.h"

namespace ordinal {

/// Pulls what is missing, all containers' images side by side, as each one's imagePullPolicy says. Both outlive the
/// result.
controllers::statefulset::EnsureImages UpdateImages(podsync::Images& images, const Clock& clock);

}  // namespace ordinal
