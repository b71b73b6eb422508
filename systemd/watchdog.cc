#include "systemd/watchdog.h"

#include <utility>

#include "agent/base/log.h"

namespace ordinal::systemd {

Watchdog::Watchdog(Clock& clock, Duration interval, std::function<void()> ping)
    : clock_(clock), interval_(interval), ping_(std::move(ping)) {
  Arm();
}

void Watchdog::Arm() {
  timer_ = clock_.After(interval_ / 2, [this] { Tick(); });
}

void Watchdog::Tick() {
  if (std::exchange(beaten_, false)) {
    ping_();
  } else {
    log::Warning("no sign of work for {} ms: not pinging systemd's watchdog, which restarts the agent (pods run on)",
                 std::chrono::duration_cast<std::chrono::milliseconds>(interval_ / 2).count());
  }
  Arm();
}

}  // namespace ordinal::systemd
