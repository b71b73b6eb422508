// The images of a pod template, as the StatefulSet controller asks for them before an update takes a pod down. Part of
// the composition root: controllers do not know the node.
#pragma once

#include "agent/controllers/statefulset/image_state.h"
#include "agent/objects/objects.h"
#include "agent/podsync/images.h"

namespace ordinal {

/// Pulls what is missing, all containers' images side by side, as each one's imagePullPolicy says, with the secrets
/// that its pods will have: those of the template, else those of its service account. They are read when they are
/// needed and not watched. All outlive the result.
controllers::statefulset::EnsureImages UpdateImages(podsync::Images& images, objects::Objects& objects,
                                                    const Clock& clock);

}  // namespace ordinal
