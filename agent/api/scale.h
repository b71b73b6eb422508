// The size of a set of pods, as its subresource scale shows it (autoscaling/v1 Scale), whatever kind the set is of:
// built-in ones have it at spec.replicas, custom ones where their definition says for each version. Pure.
#pragma once

#include "agent/api/kind.h"

namespace ordinal::api {

struct Scale {
  int64_t wanted = 0;    ///< spec.replicas
  int64_t seen = 0;      ///< status.replicas
  std::string selector;  ///< of its pods, as a label selector is typed; empty: it has none
};

/// Whether objects of the kind have a size in that version ("apps/v1").
bool HasScale(const KindInfo& kind, std::string_view api_version);

Scale ReadScale(const KindInfo& kind, std::string_view api_version, const Json& body);
/// kInvalid: the object has no place for it.
Status WriteScale(const KindInfo& kind, std::string_view api_version, int64_t wanted, Json& body);

}  // namespace ordinal::api
