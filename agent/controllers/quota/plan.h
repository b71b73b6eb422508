// What a quota's status says: what it allows, and how much of that there is. Pure.
#pragma once

#include <functional>

#include "agent/api/kinds/resource_quota/view.h"

namespace ordinal::controllers::quota {

/// Visits every object of a kind in the quota's namespace.
using VisitObjects = std::function<void(const api::KindInfo& kind, const std::function<void(const api::Object&)>&)>;

/// status.hard and status.used (k8s.io/kubernetes pkg/controller/resourcequota).
api::Json StatusOf(const api::ResourceQuota& quota, const VisitObjects& visit, WallTime now);

/// Whether a change of an object (null: it was not there, or went) changes what the quota counts.
bool Matters(const api::ResourceQuota& quota, const api::KindInfo& kind, const api::Json& old,
             const api::Json& now_body, WallTime now);

}  // namespace ordinal::controllers::quota
