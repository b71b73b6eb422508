// The indexes of an indexed job. Pure. (pkg/controller/job/indexed_job_utils.go)
#pragma once

#include <map>
#include <vector>

#include "agent/api/kinds/job/view.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/api/ref.h"

namespace ordinal::controllers::job {

/// Those of the status and those of tracked pods that succeeded.
api::IndexSet SucceededIndexes(const api::Job& job, const api::Refs<api::Pod>& pods);
/// With backoffLimitPerIndex: those of the status and those whose pods failed once too often, or as the policy has it.
api::IndexSet FailedIndexes(const api::Job& job, const api::Refs<api::Pod>& pods);

/// With backoffLimitPerIndex: of each index that nobody works on and that may be tried again the failed pod that was
/// its last. It keeps its finalizer until the next one is made, which takes over its count of failures.
std::map<int64_t, const api::Pod*> LastFailedPods(const api::Job& job, const api::Refs<api::Pod>& pods,
                                                  const api::IndexSet& succeeded, const api::IndexSet& failed);

/// What the annotations of a pod say that takes the place of `before`, or of none.
struct IndexFailures {
  int64_t counted = 0, ignored = 0;
};
IndexFailures FailuresAfter(const api::Job& job, const api::Pod* before);

/// At most `count` indexes to make pods of: the lowest that neither succeeded nor failed and that no pod works on; with
/// podReplacementPolicy Failed none whose pod is still going.
std::vector<int64_t> PendingIndexes(const api::Job& job, const api::Refs<api::Pod>& pods,
                                    const api::IndexSet& succeeded, const api::IndexSet& failed, int64_t count);

/// Active pods that an indexed job has no use for: without an index of its own, or of one that another works on.
std::vector<const api::Pod*> SurplusOfIndexes(const api::Job& job, const std::vector<const api::Pod*>& in_order);

}  // namespace ordinal::controllers::job
