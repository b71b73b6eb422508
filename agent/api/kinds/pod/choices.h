// What the choices in a pod rule out.
#pragma once

#include "agent/api/patch/choices.h"

namespace ordinal::api {

/// Of a volume: the empty emptyDir that it had for want of a source, when it has one now.
extern const ChoiceRule kVolumeChoices;

}  // namespace ordinal::api
