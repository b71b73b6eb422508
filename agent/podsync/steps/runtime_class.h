// What a pod asks of the runtime beyond the usual: another handler, a user namespace, volumes that are images, mounts
// that are read-only all the way down.
#pragma once

#include "agent/podsync/steps/context.h"

namespace ordinal::podsync {

/// The handler that the pod's class names; empty: the default one. Reason FailedCreatePodSandBox when there is no such
/// class (any more).
Result<std::string> HandlerFor(const StepContext& context);

/// The ids of the pod's user namespace, none where it has the host's; the pod's directory is there. Reason
/// FailedCreatePodSandBox when its handler cannot.
Task<Result<std::optional<cri::IdRange>>> UsersOf(StepContext& context);

/// Reason FailedMount when the pod has volumes that are images and the runtime cannot mount them.
Status CheckImageVolumes(const StepContext& context);

/// Whether the mount is read-only all the way down. Reason CreateContainerConfigError when it has to be and the handler
/// cannot.
Result<bool> IsRecursivelyReadOnly(const StepContext& context, const api::VolumeMount& mount);

/// The mount of an image by its name, none while the image has to be waited for, which is said and remembered. Reason
/// CreateContainerConfigError for a subPath that the runtime would ignore.
Task<Result<std::optional<cri::Mount>>> ImageMountFor(StepContext& context, const api::Container& container,
                                                      const api::VolumeMount& mount);

}  // namespace ordinal::podsync
