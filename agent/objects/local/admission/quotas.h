// Whether a write keeps to the quotas of its namespace. Pure. Rules and words: k8s.io/apiserver
// pkg/admission/plugin/resourcequota.
#pragma once

#include <list>
#include <string>
#include <vector>

#include "agent/api/kinds/resource_quota/view.h"

namespace ordinal::objects {

/// A write: `old` is null for a new object.
struct QuotaWrite {
  const api::KindInfo& kind;
  std::string uid;
  api::Json body, old;
};

/// Writes that were let through and are not stored yet: each counts as what it makes, so that of several that come at
/// once none takes what another was promised.
using QuotaPromises = std::list<QuotaWrite>;

/// Why the write is refused; empty when no quota stands in its way. `stored`: the objects of the kind in the namespace.
std::string QuotaRefusal(const std::vector<api::ResourceQuota>& quotas, const QuotaWrite& write,
                         const std::vector<api::Object>& stored, const QuotaPromises& promised, WallTime now);

}  // namespace ordinal::objects
