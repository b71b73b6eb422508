// FailureRow: pods of a set that fail right away, one after the other, and how long the next one waits. Pure.
//
// A pod that its node refuses fails within milliseconds, and so would the one that is made in its place:
//
//   made, failed ── 1 s ── made, failed ── 2 s ── made, failed ── 4 s ── … 5 min
//
// A pod that became ready or lived for ten minutes ends the row, and so do ten minutes without a failure.
#pragma once

#include <string>

#include "agent/api/kinds/pod/view.h"
#include "agent/base/clock.h"

namespace ordinal::controllers {

inline constexpr Duration kFirstFailureWait = std::chrono::seconds(1);
inline constexpr Duration kLongestFailureWait = std::chrono::minutes(5);
/// Of a pod that did not fail right away, and the longest pause within a row.
inline constexpr Duration kLongLife = std::chrono::minutes(10);

struct FailureRow {
  int failures = 0;     ///< in a row, of pods that did not last
  bool lasted = false;  ///< the pod before them had lasted
  WallTime ended{};     ///< the newest failure
};

/// When a pod that has ended did so, by what its status says: the latest time in it, in whole seconds.
WallTime EndOf(const api::Pod& pod);
/// It had become ready, or lived for kLongLife. Readiness of less than a second cannot be told.
bool Lasted(const api::Pod& pod);
/// "SysctlForbidden: <message>", or "no reason is told".
std::string WhyFailed(const api::Pod& pod);

/// Counts a pod that failed. A status from the future counts as of `now`.
void AddFailure(const api::Pod& failed, WallTime now, FailureRow& row);

/// 1 s, 2, 4 … 5 min after so many failures; zero after none.
Duration WaitAfter(int failures);
/// What is left of WaitAfter(failures), from the row's newest failure on; zero or more.
Duration StillToWait(const FailureRow& row, int failures, WallTime now);

}  // namespace ordinal::controllers
