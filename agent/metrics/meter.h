// Meter: measures when it is asked, and only then: an idle node is not sampled.
//
//   first question ──> sample ── 1 s ──> sample ──> rates
//   next question  ──────────────────────> sample ──> rates since the last one, when that is 1 s to 2 min old
#pragma once

#include <optional>
#include <string>

#include "agent/metrics/usage.h"

namespace ordinal::metrics {

/// Between two samples of a rate: a shorter window says little, and an older sample little about now.
inline constexpr Duration kShortestWindow = std::chrono::seconds(1);
inline constexpr Duration kLongestWindow = std::chrono::minutes(2);

class Meter {
 public:
  /// `node` is the value of observe::kAgentLabel of our containers. `proc` is where procfs is mounted.
  Meter(cri::Stats& stats, Clock& clock, std::string node, std::string proc = "/proc")
      : stats_(stats), clock_(clock), node_(std::move(node)), proc_(std::move(proc)) {}

  /// Takes up to a second. Errors are those of the runtime, and of a host without procfs.
  Task<Result<Rates>> Measure();

 private:
  Task<Result<Sample>> TakeSample();
  Result<NodeCounters> ReadNode() const;

  cri::Stats& stats_;
  Clock& clock_;
  const std::string node_, proc_;
  std::optional<Sample> last_;
  std::optional<Rates> newest_;  ///< answers who asks again within kShortestWindow
};

}  // namespace ordinal::metrics
