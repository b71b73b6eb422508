// The status of a StatefulSet, counted from its pods. Pure.
#pragma once

#include "agent/controllers/statefulset/plan.h"

namespace ordinal::controllers::statefulset {

/// The whole status document. When every replica is updated and ready, currentRevision becomes updateRevision.
api::Json CountStatus(const Observed& seen, const std::string& current_revision, const std::string& update_revision);

}  // namespace ordinal::controllers::statefulset
