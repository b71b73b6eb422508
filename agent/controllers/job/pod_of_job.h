// The pods that a job makes. Pure.
#pragma once

#include "agent/api/kinds/job/view.h"
#include "agent/controllers/job/plan.h"

namespace ordinal::controllers::job {

/// From the template, with the finalizer. One with an index has it as label, annotation and in the environment of its
/// containers (JOB_COMPLETION_INDEX), and its host is called <job>-<index>.
api::Json PodOf(const api::Job& job, const NewPod& pod);

}  // namespace ordinal::controllers::job
