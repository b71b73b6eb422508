#include "agent/controllers/daemonset/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "agent/controllers/daemonset/pod.h"
#include "agent/controllers/percentage.h"
#include "agent/controllers/pod_readiness.h"

namespace ordinal::controllers::daemonset {
namespace {

using api::Json;
using api::Pod;

std::string HashOf(const Pod& pod) {
  const auto found = pod.meta.labels.find(kRevisionLabel);
  return found == pod.meta.labels.end() ? "" : found->second;
}

/// What one pass looks at.
struct Look {
  const Observed& seen;
  Fitness fits;
  std::string hash;              ///< of the template
  std::vector<const Pod*> here;  ///< of this node, in the order in which they count; one that ended and goes does not

  bool Available(const Pod& pod) const {
    return controllers::Available(pod, seen.set.min_ready_seconds, seen.now, seen.ready_since);
  }
  bool New(const Pod& pod) const { return HashOf(pod) == hash; }
  int64_t Surge() const { return PodsOf(seen.set.max_surge, fits.should_run ? 1 : 0, true); }
};

/// Placed before not placed, older before newer.
bool CountsBefore(const Pod* a, const Pod* b) {
  const auto rank = [](const Pod& pod) {
    return std::make_tuple(pod.spec.node_name.empty(), pod.meta.created.value_or(WallTime()), pod.meta.name);
  };
  return rank(*a) < rank(*b);
}

void Remove(const Pod& pod, Plan& plan) { plan.remove.push_back({pod.meta.name, pod.meta.uid, {}, {}}); }

void RemoveEnded(const Look& look, const Pod& pod, Plan& plan) {
  const bool failed = pod.status.phase == "Failed";
  if (failed && look.seen.failed_wait > Duration::zero()) {
    plan.look_again = std::min(plan.look_again.value_or(look.seen.failed_wait), look.seen.failed_wait);
    return;
  }
  DeletePod removal{
      pod.meta.name, pod.meta.uid, failed ? "FailedDaemonPod" : "SucceededDaemonPod",
      fmt::format("Found {} daemon pod {}/{} on node {}, will try to {} it", failed ? "failed" : "succeeded",
                  pod.meta.ns, pod.meta.name, look.seen.node_name, failed ? "kill" : "delete"),
      failed};
  plan.remove.push_back(std::move(removal));
}

/// Beside a new pod there may be an old one until the new one is available; what is more than that goes.
void KeepOneOfEach(const Look& look, const std::vector<const Pod*>& running, Plan& plan) {
  const Pod *newer = nullptr, *older = nullptr;
  for (const Pod* pod : running) {
    const Pod*& place = look.New(*pod) ? newer : older;
    if (place == nullptr) {
      place = pod;
    } else {
      Remove(*pod, plan);
    }
  }
  if (newer != nullptr && older != nullptr && (!older->Ready() || look.Available(*newer))) Remove(*older, plan);
}

/// As many pods as the node should have, whatever their revision.
void Manage(const Look& look, Plan& plan) {
  if (look.fits.should_run && look.here.empty()) {
    plan.create = true;
    return;
  }
  std::vector<const Pod*> running;
  for (const Pod* pod : look.here) {
    if (pod->deleting()) continue;
    if (!look.fits.should_continue) {
      Remove(*pod, plan);
    } else if (pod->Terminal()) {
      RemoveEnded(look, *pod, plan);
    } else {
      running.push_back(pod);
    }
  }
  if (running.size() <= 1) return;
  if (look.Surge() > 0) return KeepOneOfEach(look, running, plan);
  for (size_t i = 1; i < running.size(); ++i) Remove(*running[i], plan);
}

/// The pods of an update, of which each node has one old and one new at most; others are Manage()'s.
struct Pair {
  const Pod *newer = nullptr, *older = nullptr;
  bool clear = true;
};

Pair PairOf(const Look& look) {
  Pair pair;
  for (const Pod* pod : look.here) {
    if (pod->deleting()) continue;
    const Pod*& place = look.New(*pod) ? pair.newer : pair.older;
    pair.clear = pair.clear && place == nullptr;
    place = pod;
  }
  return pair;
}

void Roll(const Look& look, Plan& plan) {
  const Pair pair = PairOf(look);
  if (!pair.clear || pair.older == nullptr) return;
  if (look.Surge() > 0) {
    if (pair.newer == nullptr) {
      plan.create = look.fits.should_run;
    } else if (look.Available(*pair.newer)) {
      Remove(*pair.older, plan);
    }
    return;
  }
  // Of one node an old pod that is not available may go, and with any maxUnavailable above 0 one that is.
  if (pair.newer == nullptr) Remove(*pair.older, plan);
}

Json StatusOf(const Look& look) {
  const Observed& seen = look.seen;
  const bool should = look.fits.should_run, has = !look.here.empty();
  const Pod* first = has ? look.here.front() : nullptr;
  const bool counted = should && has;
  const bool available = counted && look.Available(*first);
  Json status{{"currentNumberScheduled", counted ? 1 : 0},
              {"desiredNumberScheduled", should ? 1 : 0},
              {"numberMisscheduled", !should && has ? 1 : 0},
              {"numberReady", counted && first->Ready() ? 1 : 0},
              {"observedGeneration", seen.set.meta.generation}};
  // Kubernetes leaves these out when they are zero.
  if (counted && look.New(*first)) status["updatedNumberScheduled"] = 1;
  if (available) status["numberAvailable"] = 1;
  if (should && !available) status["numberUnavailable"] = 1;
  const Json& before = api::Member(seen.set.object.body(), "status");
  for (const char* kept : {"collisionCount", "conditions"}) api::Carry(before, kept, status);
  return status;
}

std::vector<std::string> SurplusOf(const Look& look, const Plan& plan) {
  std::vector<std::string> live{plan.revision.name};
  for (const Pod& pod : look.seen.pods) live.push_back(look.seen.set.meta.name + "-" + HashOf(pod));
  return RevisionsBeyond(look.seen.set.revision_history_limit, look.seen.revisions, live);
}

/// A pod that waits for a node that is not there can never run. One that names no node at all, which was adopted, is
/// the scheduler's, and counts when it has one.
void RemoveLost(const Observed& seen, Plan& plan) {
  for (const Pod& pod : seen.pods) {
    const std::string target = TargetOf(pod);
    const bool lost = pod.spec.node_name.empty() && !target.empty() && target != seen.node_name;
    if (lost && !pod.deleting()) Remove(pod, plan);
  }
}

Look LookAt(const Observed& seen, std::string hash) {
  Look look{seen, {}, std::move(hash), {}};
  if (!seen.node) return look;
  look.fits = FitnessOf(seen.set, *seen.node);
  for (const Pod& pod : seen.pods) {
    if (TargetOf(pod) == seen.node_name && !(pod.Terminal() && pod.deleting())) look.here.push_back(&pod);
  }
  std::sort(look.here.begin(), look.here.end(), CountsBefore);
  return look;
}

}  // namespace

Plan MakePlan(const Observed& seen) {
  Plan plan;
  plan.revision = ResolveTemplate(TemplateOwnerOf(seen.set, kRevisionLabel), seen.set.pod_template(), seen.revisions);
  const Look look = LookAt(seen, plan.revision.hash);
  RemoveLost(seen, plan);
  if (seen.node) Manage(look, plan);
  if (!plan.create && plan.remove.empty() && !seen.set.on_delete && seen.node) Roll(look, plan);
  for (const Pod* pod : look.here) {
    const auto in = AvailableIn(*pod, seen.set.min_ready_seconds, seen.now, seen.ready_since);
    if (in && *in > Duration::zero()) plan.look_again = std::min(plan.look_again.value_or(*in), *in);
  }
  plan.surplus = SurplusOf(look, plan);
  plan.status = StatusOf(look);
  return plan;
}

}  // namespace ordinal::controllers::daemonset
