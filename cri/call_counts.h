// CallCounts: how often each call of CRI was made, how often in vain, and how long it took. Control thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/histogram.h"

namespace ordinal::cri {

/// Upper bounds in seconds for calls of the runtime (Kubernetes: pkg/kubelet/metrics, ExponentialBuckets(.005, 2.5,
/// 14)).
inline constexpr double kCallBounds[] = {.005,        .0125,       .03125,      .078125,     .1953125,
                                         .48828125,   1.220703125, 3.051757813, 7.629394531, 19.07348633,
                                         47.68371582, 119.2092896, 298.0232239, 745.0580597};

struct CallCount {
  const char* operation = "";  ///< as a kubelet names it: "run_podsandbox"
  uint64_t calls = 0, errors = 0;
  Histogram took{kCallBounds};
};

class CallCounts {
 public:
  /// A call came to its end. `path` is a string literal ("/runtime.v1.RuntimeService/Version"); what is no operation
  /// that a kubelet counts is passed over.
  void Note(const char* path, Duration took, bool ok);

  const std::vector<CallCount>& all() const { return counts_; }
  /// Null: it was never called.
  const CallCount* Find(std::string_view operation) const;

 private:
  std::vector<CallCount> counts_;
  std::vector<std::pair<const char*, size_t>> known_;  ///< by path: where in counts_; kNone: nowhere
  static constexpr size_t kNone = static_cast<size_t>(-1);
};

}  // namespace ordinal::cri
