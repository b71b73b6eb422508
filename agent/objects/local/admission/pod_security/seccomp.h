// The checks that both levels have a part in.
#pragma once

#include "agent/objects/local/admission/pod_security/checks.h"

namespace ordinal::objects::pod_security {

/// The annotations from before there were fields (to 1.18).
Checked SeccompAnnotations(const PodRead& pod);
/// A profile that is named has to be a good one.
Checked SeccompBaseline(const PodRead& pod);
/// One has to be named.
Checked SeccompRestricted(const PodRead& pod);

/// /proc has its masks. With a user namespace of their own too.
Checked ProcMount(const PodRead& pod);

}  // namespace ordinal::objects::pod_security
