// A small world for the StatefulSet plan: ordinals in states, on which plans are carried out at once.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/controllers/statefulset/identity.h"
#include "agent/controllers/statefulset/plan.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::statefulset {

enum class PodState { kMissing, kPending, kRunning, kReady, kTerminating, kFailed };
inline constexpr PodState kAllStates[] = {PodState::kMissing, PodState::kPending,     PodState::kRunning,
                                          PodState::kReady,   PodState::kTerminating, PodState::kFailed};

/// "." missing, p pending, n running and not ready, R ready, t terminating, F failed.
inline char Letter(PodState state) { return ".pnRtF"[static_cast<int>(state)]; }

/// One pod of the set "kubia".
inline Json PodIn(PodState state, int64_t ordinal, const std::string& revision) {
  const std::string name = PodName("kubia", ordinal);
  Json body{{"apiVersion", "v1"}, {"kind", "Pod"}, {"spec", Json::object()}};
  body["metadata"] = Json{{"name", name},
                          {"namespace", "default"},
                          {"uid", name + "-uid"},
                          {"labels", Json{{"app", "kubia"},
                                          {"apps.kubernetes.io/pod-index", std::to_string(ordinal)},
                                          {"statefulset.kubernetes.io/pod-name", name},
                                          {"controller-revision-hash", revision}}},
                          {"ownerReferences", Json::array({Json{{"apiVersion", "apps/v1"},
                                                                {"kind", "StatefulSet"},
                                                                {"name", "kubia"},
                                                                {"uid", "set-uid"},
                                                                {"controller", true}}})}};
  const bool ready = state == PodState::kReady || state == PodState::kTerminating;
  body["status"] = Json{{"phase", state == PodState::kPending  ? "Pending"
                                  : state == PodState::kFailed ? "Failed"
                                                               : "Running"},
                        {"conditions", Json::array({Json{{"type", "Ready"},
                                                         {"status", ready ? "True" : "False"},
                                                         {"lastTransitionTime", "2026-01-01T00:00:00Z"}}})}};
  if (state == PodState::kTerminating) body["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:30Z";
  return body;
}

struct World {
  struct Ordinal {
    PodState state = PodState::kMissing;
    std::string revision;
  };

  Json set;
  std::map<int64_t, Ordinal> ordinals;
  std::set<std::string> claims;
  std::vector<Json> revisions;
  WallTime now = *ParseTime("2026-01-01T01:00:00Z");

  explicit World(Json the_set) : set(std::move(the_set)) {
    // The first look makes the revision that the pods of the start are labelled with.
    Carry(MakePlan(Seen()).revisions);
  }

  std::string Revision() const { return ResolveRevisions(api::StatefulSet::From(Object(set)), Known()).update; }

  std::vector<api::ControllerRevision> Known() const {
    std::vector<api::ControllerRevision> known;
    for (const Json& body : revisions) known.push_back(api::ControllerRevision::From(Object(body)));
    return known;
  }

  void Put(int64_t ordinal, PodState state) { ordinals[ordinal] = Ordinal{state, Revision()}; }

  Observed Seen() const {
    Observed seen;
    seen.set = api::StatefulSet::From(Object(set));
    for (const auto& [ordinal, pod] : ordinals) {
      if (pod.state == PodState::kMissing) continue;
      seen.pods.push_back(api::Pod::From(Object(PodIn(pod.state, ordinal, pod.revision))));
    }
    for (const std::string& claim : claims) {
      seen.claims[claim].name = claim;
      seen.claims[claim].uid = claim + "-uid";
    }
    seen.revisions = Known();
    seen.now = now;
    return seen;
  }

  void Carry(const Revisions& plan) {
    if (plan.create) revisions.push_back(*plan.create);
    if (!plan.renumber) return;
    for (Json& body : revisions) {
      if (body["metadata"]["name"] == plan.renumber->name) body["revision"] = plan.renumber->revision;
    }
  }

  /// Carries a plan out. What it did to pods, in order: "+1" created, "-2" deleted.
  std::vector<std::string> Carry(const Plan& plan) {
    std::vector<std::string> done;
    Carry(plan.revisions);
    for (const PodAction& action : plan.pods) {
      if (const auto* create = std::get_if<CreatePod>(&action)) {
        for (const Json& claim : create->claims) claims.insert(NameOf(claim));
        if (!create->pod) continue;
        const std::string revision = (*create->pod)["metadata"]["labels"]["controller-revision-hash"];
        ordinals[create->ordinal] = Ordinal{PodState::kPending, revision};
        done.push_back(fmt::format("+{}", create->ordinal));
      } else if (const auto* remove = std::get_if<DeletePod>(&action)) {
        const int64_t ordinal = ParsePodName(remove->name)->ordinal;
        ordinals[ordinal].state = PodState::kTerminating;
        done.push_back(fmt::format("-{}", ordinal));
      }
    }
    set["status"] = plan.status;
    return done;
  }

  /// The node does its part for the first pod that waits for it. False when none does.
  bool NodeStep() {
    for (auto& [ordinal, pod] : ordinals) {
      if (pod.state == PodState::kPending || pod.state == PodState::kRunning) {
        pod.state = PodState::kReady;
        return true;
      }
      if (pod.state == PodState::kTerminating) {
        pod.state = PodState::kMissing;
        return true;
      }
    }
    return false;
  }

  /// Plans and node steps in turn until neither does anything; what was done to pods, in order.
  std::vector<std::string> Settle() {
    std::vector<std::string> done;
    for (int round = 0; round < 200; ++round) {
      const auto step = Carry(MakePlan(Seen()));
      done.insert(done.end(), step.begin(), step.end());
      if (step.empty() && !NodeStep()) return done;
    }
    done.push_back("never settles");
    return done;
  }

  /// ".RRt": one letter an ordinal from 0.
  std::string Picture(int64_t count) const {
    std::string picture;
    for (int64_t ordinal = 0; ordinal < count; ++ordinal) {
      const auto found = ordinals.find(ordinal);
      picture += Letter(found == ordinals.end() ? PodState::kMissing : found->second.state);
    }
    return picture;
  }
};

}  // namespace ordinal::controllers::statefulset
