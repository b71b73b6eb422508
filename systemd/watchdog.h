// Watchdog: pings systemd for as long as the agent proves that it works. systemd kills and restarts an agent whose
// pings stop for WatchdogSec; its pods run on.
//
//   WatchdogSec  |---------------------------------------|
//   ping         |-------------------|-------------------|     every half of it, if there was a beat since the last
//   beat         |---------|---------|---------|---------|     every quarter, by whoever knows that work gets done
#pragma once

#include <functional>

#include "agent/base/clock.h"

namespace ordinal::systemd {

/// Lives on the control thread. A control thread that hangs pings no more by itself; beats that come out of a round
/// through the blocking pool or the store also notice those hanging.
class Watchdog {
 public:
  /// `interval` is WatchdogInterval(); `ping` sends NotifyWatchdog(). The first ping comes after half the interval.
  Watchdog(Clock& clock, Duration interval, std::function<void()> ping);

  /// "The agent works." Called at least every BeatEvery().
  void Beat() { beaten_ = true; }
  Duration BeatEvery() const { return interval_ / 4; }

 private:
  void Tick();
  void Arm();

  Clock& clock_;
  const Duration interval_;
  const std::function<void()> ping_;
  bool beaten_ = false;
  TimerHandle timer_;
};

}  // namespace ordinal::systemd
