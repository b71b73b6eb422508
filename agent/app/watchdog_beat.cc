#include "agent/app/watchdog_beat.h"

#include "agent/base/log.h"
#include "systemd/notify.h"
#include "systemd/watchdog.h"

namespace ordinal {

Task<void> BeatForWatchdog(Clock& clock, store::ObjectReader& store) {
  const Result<std::optional<Duration>> interval = systemd::WatchdogInterval();
  if (!interval.ok()) log::Warning("watchdog: {}", interval.error().message);
  if (!interval.ok() || !interval->has_value()) co_return;
  systemd::Watchdog watchdog(clock, **interval, [] {
    const Status told = systemd::NotifyWatchdog();
    if (!told.ok()) log::Warning("{}", told.error().message);
  });
  while (true) {
    const store::ObjectKey any{"Namespace", "", "default"};
    const auto read = co_await store.Get(any);
    if (read.ok() || read.error().code == ErrorCode::kNotFound) watchdog.Beat();
    co_await Sleep(clock, watchdog.BeatEvery());
  }
}

}  // namespace ordinal
