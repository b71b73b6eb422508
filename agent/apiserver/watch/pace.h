// Pace: how many pieces all watches together send. While they are few, each change goes out as it comes. Where a burst
// of changes meets many watches, most of the work is not the text, which is made once (event_texts.h), but to hand
// each watch each change by itself: a turn of two threads, a TLS record, a write. There each watch waits until what was
// sent is paid for, and then sends all that has come meanwhile in one piece:
//
//   changes          1    2 3 4   5 6   7 8
//   each of 100      1            234567             later by kPerPiece × 100, by kLongest at most
//
// A wait holds no events: they stay in the store's history, and a watch that falls behind it is told so as ever.
// Control thread.
#pragma once

#include <functional>
#include <vector>

#include "agent/base/clock.h"

namespace ordinal::apiserver::watch {

class Pace {
 public:
  static constexpr Duration kPerPiece = std::chrono::microseconds(200);
  static constexpr Duration kFree = std::chrono::milliseconds(2);  ///< so much of pieces is sent without a wait
  static constexpr Duration kLongest = std::chrono::milliseconds(50);

  explicit Pace(Clock& clock) : clock_(clock) {}
  Pace(const Pace&) = delete;
  Pace& operator=(const Pace&) = delete;

  /// A piece was made.
  void Sent();
  /// Whether the next one has to wait; then `turn` is called when it is time.
  bool Waits(std::function<void()> turn);

 private:
  void Arm(Duration delay);
  void Release();

  Clock& clock_;
  SteadyTime paid_at_{};  // when all that was sent will be paid for
  std::vector<std::function<void()>> waiting_;
  SteadyTime released_by_{};  // those, at the latest
  TimerHandle release_;
};

}  // namespace ordinal::apiserver::watch
