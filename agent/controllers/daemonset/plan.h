// What to do about a DaemonSet on the one node there is, decided from what is seen. Pure: objects and `now` in, actions
// out (Kubernetes: pkg/controller/daemon).
//
//   the node fits the template   no pod: make one. Several: the oldest stays. Failed or succeeded: away with it, and
//                                the next look makes another
//   it does not                  its pods go; those that run go on while only a NoSchedule taint is in the way
//
// An update goes on where that leaves nothing to do:
//
//   maxUnavailable   old pod ─ deleted ─ gone ─ new pod made
//   maxSurge         old pod ──────────────────────┐ deleted
//                         new pod made ─ available ┘
//
// OnDelete waits for somebody to delete the old one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/daemon_set/view.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/api/ref.h"
#include "agent/controllers/placement/node_view.h"
#include "agent/controllers/pod_readiness.h"
#include "agent/controllers/revisions.h"

namespace ordinal::controllers::daemonset {

struct Observed {
  api::DaemonSet set;
  api::Refs<api::Pod> pods;                 ///< the set's own
  RevisionRefs revisions;                   ///< the set's own
  std::optional<placement::NodeView> node;  ///< absent: there is no Node object, so no node
  std::string node_name;                    ///< its name, also without one
  WallTime now;
  ReadySince ready_since = {};  ///< of its pods, where spec.minReadySeconds asks for it
  Duration failed_wait{};       ///< how long the set's failed pods are left where they are (backoff.h)
};

struct DeletePod {
  std::string name, uid;
  std::string reason, message;  ///< an event to say before; empty: none
  bool failed = false;          ///< the pod has: the event is a warning, and the next one waits longer
};

struct Plan {
  TemplateRevision revision;         ///< first: the revision to create or renumber
  bool create = false;               ///< a pod of the template
  std::vector<DeletePod> remove;     ///< with it
  std::vector<std::string> surplus;  ///< revisions to delete
  api::Json status;
  std::optional<Duration> look_again;  ///< something changes then without any event
};

Plan MakePlan(const Observed& seen);

}  // namespace ordinal::controllers::daemonset
