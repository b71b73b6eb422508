// How the process keeps and gives back memory. jemalloc allocates (docs/architecture.md says why), but for builds with
// sanitizers, which bring their own.
#pragma once

namespace ordinal {

/// Gives free memory back to the system at once, and pages of the program that are not in use: after a burst, or a
/// start. Some milliseconds, on the calling thread; any thread.
void GiveBackMemory();

}  // namespace ordinal
