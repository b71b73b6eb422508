// Settling: how long a pod that nobody probes has to stay up before an update goes on from it. Pure.
//
// Without a readiness probe a pod is ready as soon as its containers run, so one that crashes at once is ready for a
// moment too. An update that took that moment for success would replace every pod by one that crashes:
//
//   update   pod 2 made ── up ── settled? ── pod 1 replaced ── up ── settled? ── …
//                          └ crash ┘ no: the update rests, and pods 1 and 0 run on
//
// The first pod of a revision needs longer than those after it: it is the one that shows whether the template runs at
// all. Pods that are made without an update never wait.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/base/clock.h"
#include "agent/controllers/pod_readiness.h"

namespace ordinal::controllers {

/// Zero: an update goes on from a pod as soon as it is ready, or available where spec.minReadySeconds asks for that.
struct Settling {
  Duration first{};   ///< as long as no pod of the revision has stayed up for so long
  Duration others{};  ///< from then on
};

/// What the settings say unless somebody changes them.
inline constexpr Settling kUsualSettling{std::chrono::seconds(1), std::chrono::milliseconds(250)};

/// Every container has a readinessProbe: what it says is proof enough.
bool Probed(const api::Pod& pod);

/// Of the ready pods of one revision those that an update must not go on from yet: how long until it may, by uid. Pods
/// that are not ready are not in it; they hold an update up anyway. Of a pod that is not in `since` the condition Ready
/// says since when, and as that has whole seconds, the end of its second counts.
std::map<std::string, Duration> Unsettled(const std::vector<const api::Pod*>& pods, const Settling& settling,
                                          const ReadySince& since, WallTime now);

}  // namespace ordinal::controllers
