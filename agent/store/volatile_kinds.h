// Which kinds need not outlive the process.
#pragma once

#include <string>
#include <vector>

namespace ordinal::store {

/// The kinds that a store may keep in memory only (KindInfo::durable).
std::vector<std::string> VolatileKinds();

}  // namespace ordinal::store
