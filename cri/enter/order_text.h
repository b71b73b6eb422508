// The block of memory that enter.c works from.
#pragma once

#include <string>
#include <vector>

#include "cri/enter/process_spec.h"

namespace ordinal::cri {

/// `cgroups`: files to write to (…/cgroup.procs), where the container's first process is.
std::string MakeOrder(const ProcessSpec& spec, const std::vector<std::string>& command,
                      const std::vector<std::string>& cgroups);

/// What "ordinal_enter" does at each step, for people: "join its cgroup".
const char* StepName(int step);

}  // namespace ordinal::cri
