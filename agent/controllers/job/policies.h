// What podFailurePolicy and successPolicy say. Pure. (pkg/controller/job/pod_failure_policy.go, success_policy.go)
#pragma once

#include <optional>
#include <string>

#include "agent/api/kinds/job/view.h"
#include "agent/api/kinds/pod/view.h"

namespace ordinal::controllers::job {

/// What the failure of a pod means.
struct Judgement {
  bool counts = true;                    ///< for the limits of failures
  bool fails_index = false;              ///< at once, however many may fail
  std::optional<std::string> fails_job;  ///< why
};
/// By the first rule that fits; without one it counts.
Judgement JudgeFailure(const api::Job& job, const api::Pod& failed);

/// Which rule of successPolicy is met; nothing when none is.
std::optional<std::string> MetSuccess(const api::Job& job, const api::IndexSet& succeeded);

}  // namespace ordinal::controllers::job
