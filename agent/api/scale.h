// The size of a set of pods, as its subresource scale shows it (autoscaling/v1 Scale), whatever kind the set is of.
// Pure.
#pragma once

#include "agent/api/kind.h"

namespace ordinal::api {

struct Scale {
  int64_t wanted = 0;    ///< spec.replicas
  int64_t seen = 0;      ///< status.replicas
  std::string selector;  ///< of its pods, as a label selector is typed; empty: it has none
};

/// Whether objects of the kind have a size.
bool HasScale(const KindInfo& kind);

Scale ReadScale(const KindInfo& kind, const Json& body);
void WriteScale(int64_t wanted, Json& body);

}  // namespace ordinal::api
