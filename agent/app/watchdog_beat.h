// What tells systemd that the agent lives. Part of the composition root.
#pragma once

#include "agent/base/clock.h"
#include "agent/store/object_store.h"

namespace ordinal {

/// For ever, where the unit has a watchdog. A beat is a round through the control thread and the store. Not through the
/// blocking pool: a long walk of a large volume may fill it for minutes, which is no reason to be killed.
Task<void> BeatForWatchdog(Clock& clock, store::ObjectReader& store);

}  // namespace ordinal
