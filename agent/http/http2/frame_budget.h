// FrameBudget: how many frames a client may send that ask for nothing. PING, SETTINGS, PRIORITY, WINDOW_UPDATE,
// RST_STREAM and DATA of a few bytes each cost this thread's time and bring nothing: a connection has some of them for
// free, more with time and with every byte that passes, and is ended when it has none left. It is what remains of rapid
// reset (CVE-2023-44487), floods of frames and windows of one byte. Pure.
#pragma once

#include <algorithm>
#include <cstdint>

#include "agent/base/clock.h"

namespace ordinal::http::http2 {

class FrameBudget {
 public:
  explicit FrameBudget(SteadyTime now) : at_(now) {}

  /// A frame came that asks for nothing. False: it is one too many.
  bool Spend(SteadyTime now) {
    const double seconds = std::chrono::duration<double>(now - at_).count();
    at_ = now;
    Earn(seconds * kASecond);
    left_ -= 1;
    return left_ >= 0;
  }
  /// So many bytes of bodies passed, either way: each kibibyte may take updates of two windows.
  void Passed(uint64_t bytes) { Earn(static_cast<double>(bytes) / 512); }
  /// A piece went out whole: its client says so, by updates of two windows.
  void Delivered() { Earn(2); }

 private:
  static constexpr double kMost = 1000, kASecond = 100;
  void Earn(double frames) { left_ = std::min(kMost, left_ + frames); }

  double left_ = kMost;
  SteadyTime at_;
};

}  // namespace ordinal::http::http2
