// What the kernel lets this process do.
#pragma once

#include <cstdint>

namespace ordinal {

// include/uapi/linux/capability.h
inline constexpr int kCapSysPtrace = 19;
inline constexpr int kCapSysResource = 24;

/// Whether the capability of this number is effective; true when nobody tells. Reads /proc.
bool HasCapability(int number);

}  // namespace ordinal
