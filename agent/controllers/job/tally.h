// The counts of a job's pods, each of which is counted once. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "agent/controllers/job/plan.h"

namespace ordinal::controllers::job {

struct Tally {
  int64_t counted_succeeded = 0, counted_failed = 0;               ///< status.succeeded and failed by now
  std::vector<std::string> uncounted_succeeded, uncounted_failed;  ///< uids whose pods still have the finalizer
  std::vector<const api::Pod*> new_succeeded, new_failed;          ///< over, tracked and in neither list yet
  int64_t succeeded = 0, failed = 0;                               ///< all together; what the policy ignores is in none
  api::IndexSet succeeded_indexes, failed_indexes;                 ///< of an indexed job
};
Tally Count(const Observed& seen);

}  // namespace ordinal::controllers::job
