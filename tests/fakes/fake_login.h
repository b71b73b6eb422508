// FakeLogin: org.freedesktop.login1.Manager as far as the agent uses it, and KillUnit of org.freedesktop.systemd1, on a
// bus of the test's own. What it does is what the interface is documented to do
// (systemd: org.freedesktop.login1(5), INHIBITOR_LOCKS); tests/unit/systemd/login_test.cc asks it and the real one
// the same.
//
//   Inhibit() ──> a descriptor; the lock is released when its last copy is closed
//   "shutdown" ──> PreparingForShutdown, PrepareForShutdown(true) ── all locks released, or InhibitDelayMax ──> "down"
//   "cancel"   ──> PrepareForShutdown(false)
//   KillUnit(systemd-logind.service, SIGHUP) ──> InhibitDelayMaxSec is read from its configuration
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace ordinal::fakes {

class FakeLogin {
 public:
  /// `address` of the bus; `configuration` is a file in the form of logind.conf, which need not be there; `say` is
  /// called in Serve() with "ready", "inhibited WHO", "released", "down", "reloaded".
  FakeLogin(std::string address, std::string configuration, std::function<void(const std::string&)> say);
  ~FakeLogin();

  /// Serves until `commands`, read line by line, ends. Blocks: on a thread or in a process of its own. False when there
  /// is no such bus.
  bool Serve(int commands);

  struct State;

 private:
  const std::unique_ptr<State> state_;
};

/// A dbus-daemon of the test's own, in `directory`: "unix:path=…", ended with it. Empty where none is installed.
class PrivateBus {
 public:
  explicit PrivateBus(const std::string& directory);
  ~PrivateBus();
  PrivateBus(const PrivateBus&) = delete;
  const std::string& address() const { return address_; }

 private:
  int process_ = -1;
  std::string address_;
};

}  // namespace ordinal::fakes
