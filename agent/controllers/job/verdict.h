// Whether a job is over, and why. Pure.
#pragma once

#include <optional>
#include <string>

#include "agent/controllers/job/tally.h"

namespace ordinal::controllers::job {

/// How a job ends.
struct Verdict {
  bool success = false;
  std::string reason, message;
};

/// By what stands in the status already, by its policies, its limits of failures, its deadline. A deadline that is
/// still to come is put into `look_again`.
std::optional<Verdict> Judge(const Observed& seen, const Tally& tally, std::optional<Duration>& look_again);

/// By its completions: with no active pod left.
std::optional<Verdict> JudgeCompletions(const Observed& seen, const Tally& tally, int64_t active);

}  // namespace ordinal::controllers::job
