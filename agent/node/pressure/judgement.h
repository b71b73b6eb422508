// Whether there is pressure, and since when: thresholds against figures, with what was seen before. Pure, with the time
// given; the rules are those of a kubelet (pkg/kubelet/eviction: synchronize()).
//
//   figures ──> below a threshold, or not yet above it by the minimum reclaim ──> conditions, for the transition period
//                   └─ for as long as its grace ──> pods are evicted
#pragma once

#include <map>
#include <set>
#include <vector>

#include "agent/node/pressure/figures.h"

namespace ordinal::node {

struct Judgement {
  std::set<Pressure> conditions;  ///< what the node has
  std::vector<size_t> due;        ///< of the thresholds, by their places: pods are to be evicted for them; the most
                                  ///< pressing first
};

class PressureJudge {
 public:
  explicit PressureJudge(EvictionPolicy policy) : policy_(std::move(policy)) {}

  const EvictionPolicy& policy() const { return policy_; }

  /// `now` never goes back.
  Judgement Judge(const Figures& figures, SteadyTime now);

  /// Whether the threshold is passed by so much that nothing more has to be reclaimed for it.
  bool Satisfied(size_t threshold, const Figures& figures) const;

 private:
  bool Met(const Threshold& threshold, const Figures& figures, bool with_reclaim) const;

  const EvictionPolicy policy_;
  std::map<size_t, SteadyTime> met_;     ///< since when, by the threshold's place
  std::map<Pressure, SteadyTime> last_;  ///< when there was cause for a condition last
};

}  // namespace ordinal::node
