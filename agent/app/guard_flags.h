// The flags of pressure, evictions and the host's shutdown, with the names and (but for the shutdown's) the defaults of
// a kubelet. Part of the composition root.
#pragma once

#include <string>

#include "agent/app/config.h"

namespace CLI {
class App;
}

namespace ordinal {

void AddGuardFlags(CLI::App& app, Config& config);

/// What is wrong with them; empty when nothing is.
std::string GuardFault(const Config& config);

}  // namespace ordinal
