// Histogram: how often something took how long. Counted where it happens, for who asks later: no lock, and no
// allocation after it was made. A copy is what stood at that moment. Control thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/base/clock.h"

namespace ordinal {

/// Upper bounds in seconds that most measurements have (client libraries of Prometheus: DefBuckets).
inline constexpr double kUsualBounds[] = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};

class Histogram {
 public:
  /// `bounds`: upper bounds in seconds, rising; they outlive it.
  explicit Histogram(std::span<const double> bounds = kUsualBounds) : bounds_(bounds), counts_(bounds.size() + 1) {}

  void Observe(Duration took) {
    const double seconds = std::chrono::duration<double>(took).count();
    size_t at = 0;
    while (at < bounds_.size() && seconds > bounds_[at]) ++at;
    ++counts_[at];
    ++count_;
    sum_ += seconds;
  }

  std::span<const double> bounds() const { return bounds_; }
  /// How many lay between the bound before and this one; the last is what lay above all bounds.
  const std::vector<uint64_t>& counts() const { return counts_; }
  uint64_t count() const { return count_; }
  double sum() const { return sum_; }  ///< seconds

 private:
  std::span<const double> bounds_;
  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
  double sum_ = 0;
};

}  // namespace ordinal
