// Telling systemd how the service is (sd_notify(3)). Every call sends one datagram to the socket of the environment
// variable NOTIFY_SOCKET and does not wait; without that variable it does nothing and succeeds. Any thread, as long
// as nobody changes the environment. Errors: kUnavailable when the socket does not take it.
#pragma once

#include <optional>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/result.h"

namespace ordinal::systemd {

/// READY=1: the runtime, the store and DNS are up. `status` is what `systemctl status` shows. Once is enough.
Status NotifyReady(const std::string& status);

/// STATUS=: one line for people; newlines become spaces.
Status NotifyStatus(const std::string& status);

/// STOPPING=1: the agent ends by its own will.
Status NotifyStopping();

/// WATCHDOG=1: restarts the watchdog's period.
Status NotifyWatchdog();

/// WatchdogSec= of the unit, if it watches this very process (sd_watchdog_enabled(3)).
Result<std::optional<Duration>> WatchdogInterval();

}  // namespace ordinal::systemd
