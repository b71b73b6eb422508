// Seccomp filters of OCI specifications (linux.seccomp), compiled by libseccomp as runc does it.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "agent/base/result.h"
#include "cri/images/json.h"

namespace ordinal::cri {

/// Empty where `seccomp` is none. Calls that are newer than any the profile names answer ENOSYS where the profile
/// refuses what it does not name, so that programs fall back to older ones (runc, libcontainer/seccomp/patchbpf).
/// kNotSupported for what needs more than a filter.
Result<std::vector<sock_filter>> CompileSeccomp(const Json& seccomp);

}  // namespace ordinal::cri
