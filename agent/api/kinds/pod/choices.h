// What the choices in a pod rule out.
#pragma once

#include "agent/api/patch/choices.h"

namespace ordinal::api {

/// Of a volume: the empty emptyDir that it had for want of a source, when it has one now.
extern const ChoiceRule kVolumeChoices;
/// Of types that are one choice as a whole: the source of a variable, what a hook does, a security profile.
extern const ChoiceRule kOneMember;
/// Of a variable: its value or its source. Of a probe: its handler.
extern const ChoiceRule kEnvVarChoices, kProbeChoices;

}  // namespace ordinal::api
