// spec.updateStrategy: which revision an ordinal belongs to, and which pods a rolling update replaces next. Pure.
//
//   ordinal    0        1        2        3        4            partition 2, maxUnavailable 2
//   belongs    current  current  update   update   update
//   pods       ready    ready    old      old      old          3 and 4 go together, then 2
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/kinds/stateful_set/view.h"
#include "agent/controllers/pod_readiness.h"
#include "agent/controllers/statefulset/revisions.h"

namespace ordinal::controllers::statefulset {

/// What a new pod of an ordinal is made from.
struct Origin {
  const std::string& revision;
  const api::Json& pod_template;
};
Origin OriginOf(const api::StatefulSet& set, const Revisions& revisions, int64_t ordinal);

/// A rolling update has to replace the pod some time: it is of another revision than its ordinal belongs to. Never with
/// OnDelete, and never a pod that goes or has ended anyway.
bool Outdated(const api::StatefulSet& set, const Revisions& revisions, int64_t ordinal, const api::Pod& pod);

/// spec.updateStrategy.rollingUpdate.maxUnavailable: a number, or a percentage of the replicas rounded down; at least
/// 1, which is also the default.
int64_t MaxUnavailable(const api::StatefulSet& set);

/// The outdated pods to replace now, from the highest ordinal down: those that are available, as many as leave no more
/// than maxUnavailable of the wanted ordinals unavailable, for whatever reason they are; one that has to settle is,
/// too. `replicas` holds the pods of wanted ordinals, `unsettled` the uids of those that have to settle (settling.h).
std::vector<const api::Pod*> DueForUpdate(const api::StatefulSet& set, const Revisions& revisions,
                                          const std::map<int64_t, const api::Pod*>& replicas,
                                          const std::map<std::string, Duration>& unsettled, WallTime now,
                                          const ReadySince& since);

}  // namespace ordinal::controllers::statefulset
