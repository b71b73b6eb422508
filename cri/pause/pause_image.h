// The built-in sandbox image: one layer with one file, the static program of pause.c that is compiled into the agent.
#pragma once

#include <string>
#include <string_view>

#include "cri/images/image_plan.h"

namespace ordinal::cri {

/// The program itself, an ELF executable of a few kilobytes.
std::string_view PauseProgram();

/// The image, named `name` (normalised). The same bytes and digests every time.
ImagePlan MakePauseImage(const std::string& name);

}  // namespace ordinal::cri
