// Login: what systemd-logind knows of the host's shutdown, over the system bus (org.freedesktop.login1.Manager;
// https://www.freedesktop.org/software/systemd/man/org.freedesktop.login1.html, systemd.io/INHIBITOR_LOCKS).
//
//   Connect() ──> Inhibit("shutdown", delay) ──> Next(): PrepareForShutdown(true) ──> … the lock is closed ──> it goes
//                                                                                                              down
// The bus is the one of DBUS_SYSTEM_BUS_ADDRESS, else /run/dbus/system_bus_socket. Coroutines of the control thread; no
// call blocks it, each has a deadline of five seconds but Next(). Errors: kUnavailable when there is no bus, nobody has
// the name org.freedesktop.login1, or the connection was lost: of the bus, or because that name went to another.
#pragma once

#include <memory>
#include <string>

#include "agent/base/clock.h"
#include "agent/base/fd.h"
#include "agent/base/task.h"

namespace ordinal::systemd {

class Login {
 public:
  Login(Executor executor, Clock& clock);  ///< The clock outlives it.
  ~Login();
  Login(const Login&) = delete;
  Login& operator=(const Login&) = delete;

  /// A connection of its own, that hears of shutdowns from now on. Once.
  Task<Status> Connect();

  /// A lock that delays a shutdown while it is open, for InhibitDelayMax() at most.
  Task<Result<Fd>> Inhibit(std::string who, std::string why);
  /// The property InhibitDelayMaxUSec.
  Task<Result<Duration>> InhibitDelayMax();
  /// The property PreparingForShutdown: one is under way.
  Task<Result<bool>> Preparing();
  /// Makes logind read its configuration again (SIGHUP to systemd-logind.service, by systemd itself).
  Task<Status> Reload();

  /// The next PrepareForShutdown: true when a shutdown begins, false when it was cancelled.
  Task<Result<bool>> Next();

 private:
  struct Bus;
  std::shared_ptr<Bus> bus_;
};

}  // namespace ordinal::systemd
