#include "systemd/notify.h"

#include <systemd/sd-daemon.h>

#include <algorithm>

namespace ordinal::systemd {
namespace {

Status Send(const std::string& state) {
  const int sent = sd_notify(/*unset_environment=*/0, state.c_str());
  if (sent >= 0) return {};
  Error error = ErrnoError("tell systemd \"" + state + "\" over NOTIFY_SOCKET", -sent);
  error.code = ErrorCode::kUnavailable;
  return error;
}

/// A newline would begin another assignment.
std::string OneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

Status NotifyReady(const std::string& status) { return Send("READY=1\nSTATUS=" + OneLine(status)); }

Status NotifyStatus(const std::string& status) { return Send("STATUS=" + OneLine(status)); }

Status NotifyStopping() { return Send("STOPPING=1"); }

Status NotifyWatchdog() { return Send("WATCHDOG=1"); }

Result<std::optional<Duration>> WatchdogInterval() {
  uint64_t microseconds = 0;
  const int enabled = sd_watchdog_enabled(/*unset_environment=*/0, &microseconds);
  if (enabled < 0) return ErrnoError("read WATCHDOG_USEC and WATCHDOG_PID of the environment", -enabled);
  if (enabled == 0) return std::optional<Duration>();
  return std::optional<Duration>(std::chrono::microseconds(microseconds));
}

}  // namespace ordinal::systemd
