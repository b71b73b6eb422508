// What pods use, as autoscalers ask for it: all of the node is measured once for all that look at the same moment, and
// each is given what its own pods use.
//
// Not thread-safe: everybody uses it on the control thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/ref.h"
#include "agent/base/clock.h"

namespace ordinal::controllers::autoscaling {

/// PodMetrics documents of all pods of the node, as metrics.k8s.io shows them. May take a second.
using PodMetrics = std::function<Task<Result<api::Json>>()>;

class Figures {
 public:
  /// For so long an answer counts: no figure says much about a shorter time (metrics/meter.h).
  static constexpr Duration kFresh = std::chrono::seconds(1);

  /// `clock` outlives it.
  Figures(Clock& clock, PodMetrics ask) : clock_(clock), ask_(std::move(ask)) {}

  /// A JSON array of PodMetrics documents, of those of `pods` that have one.
  Task<Result<api::Json>> Of(api::Refs<api::Pod> pods);
  /// Nobody asks any more: the last answer goes.
  void Forget() { answer_.reset(); }

 private:
  using Name = std::pair<std::string, std::string>;  // namespace and name
  struct Answer {
    SteadyTime at;
    Status asked;
    std::map<Name, api::Json> by_pod;
  };

  Clock& clock_;
  PodMetrics ask_;
  std::optional<Answer> answer_;
};

}  // namespace ordinal::controllers::autoscaling
