#include "agent/metrics/meter.h"

#include <unistd.h>

#include "agent/base/kernel_file.h"
#include "agent/observe/pod_state.h"

namespace ordinal::metrics {

Task<Result<Rates>> Meter::Measure() {
  if (newest_ && clock_.Steady() - newest_->steady < kShortestWindow) co_return *newest_;
  CO_TRY(Sample now, co_await TakeSample());
  const Duration age = last_ ? now.steady - last_->steady : Duration::zero();
  const bool usable = last_ && age >= kShortestWindow && age <= kLongestWindow;
  Sample before;
  if (usable && Covers(*last_, now)) {
    before = *last_;
  } else {
    before = std::move(now);
    co_await Sleep(clock_, kShortestWindow);
    CO_TRY(now, co_await TakeSample());
  }
  Rates rates = RatesBetween(before, now);
  last_ = std::move(now);
  newest_ = rates;
  co_return rates;
}

Task<Result<Sample>> Meter::TakeSample() {
  const cri::StringMap ours{{observe::kAgentLabel, node_}};
  Sample sample;
  CO_TRY(sample.containers, co_await stats_.ListContainerStats(ours));
  CO_TRY(sample.node, ReadNode());
  sample.at = clock_.Now();
  sample.steady = clock_.Steady();
  co_return sample;
}

/// procfs answers from memory: no need for the blocking pool.
Result<NodeCounters> Meter::ReadNode() const {
  NodeCounters counters;
  TRY(counters.cpu_nanoseconds, ReadCpuNanoseconds(ReadKernelFile(proc_ + "/stat"), ::sysconf(_SC_CLK_TCK)));
  TRY(counters.working_set, ReadWorkingSet(ReadKernelFile(proc_ + "/meminfo")));
  return counters;
}

}  // namespace ordinal::metrics
