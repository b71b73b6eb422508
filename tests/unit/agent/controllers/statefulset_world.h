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
struct PodOf {
  PodState state = PodState::kMissing;
  std::string revision;
  int made = 0;                                         ///< how many pods the ordinal had before
  WallTime since = *ParseTime("2026-01-01T00:00:00Z");  ///< in this state
  WallTime created = *ParseTime("2026-01-01T00:00:00Z");

  std::string Uid(const std::string& name) const {
    return made == 0 ? name + "-uid" : fmt::format("{}-uid-{}", name, made);
  }
};

inline Json PodIn(const PodOf& pod, int64_t ordinal) {
  const std::string name = PodName("kubia", ordinal);
  Json body{{"apiVersion", "v1"}, {"kind", "Pod"}, {"spec", Json::object()}};
  body["metadata"] = Json{{"name", name},
                          {"namespace", "default"},
                          {"uid", pod.Uid(name)},
                          {"creationTimestamp", FormatTime(pod.created)},
                          {"labels", Json{{"app", "kubia"},
                                          {"apps.kubernetes.io/pod-index", std::to_string(ordinal)},
                                          {"statefulset.kubernetes.io/pod-name", name},
                                          {"controller-revision-hash", pod.revision}}},
                          {"ownerReferences", Json::array({Json{{"apiVersion", "apps/v1"},
                                                                {"kind", "StatefulSet"},
                                                                {"name", "kubia"},
                                                                {"uid", "set-uid"},
                                                                {"controller", true}}})}};
  const bool ready = pod.state == PodState::kReady || pod.state == PodState::kTerminating;
  body["status"] = Json{{"phase", pod.state == PodState::kPending  ? "Pending"
                                  : pod.state == PodState::kFailed ? "Failed"
                                                                   : "Running"},
                        {"conditions", Json::array({Json{{"type", "Ready"},
                                                         {"status", ready ? "True" : "False"},
                                                         {"lastTransitionTime", FormatTime(pod.since)}}})}};
  if (pod.state == PodState::kTerminating) {
    body["metadata"]["deletionTimestamp"] = FormatTime(pod.since + std::chrono::seconds(30));
  }
  return body;
}

// Views of what was seen before are kept: tests that go through many states see the same ones again and again.

inline const api::Pod& SeenPod(const PodOf& pod, int64_t ordinal) {
  static std::map<std::string, api::Pod> known;
  if (known.size() > 20000) known.clear();
  const std::string key = fmt::format("{}/{}/{}/{}/{}/{}", ordinal, Letter(pod.state), pod.revision, pod.made,
                                      pod.since.time_since_epoch().count(), pod.created.time_since_epoch().count());
  const auto found = known.find(key);
  return found != known.end() ? found->second
                              : known.emplace(key, api::Pod::From(Object(PodIn(pod, ordinal)))).first->second;
}

inline const api::PersistentVolumeClaim& SeenClaim(const std::string& name, const std::string& size) {
  static std::map<std::string, api::PersistentVolumeClaim> known;
  const std::string key = name + "/" + size;
  const auto found = known.find(key);
  return found != known.end()
             ? found->second
             : known.emplace(key, api::PersistentVolumeClaim::From(Object(Claim(name, size)))).first->second;
}

struct World {
  Json set;
  std::map<int64_t, PodOf> ordinals;
  std::set<std::string> claims;
  std::map<std::string, std::string> sizes;  ///< of claims; 1Mi where it says nothing
  std::vector<Json> revisions;
  std::optional<ImageState> images = ImageState();
  std::set<std::string> broken;  ///< revisions whose pods never become ready
  Settling settling;
  WallTime now = *ParseTime("2026-01-01T01:00:00Z");

  explicit World(Json the_set) : set(std::move(the_set)) {
    // The first look makes the revision that the pods of the start are labelled with.
    Carry(MakePlan(Seen()).revisions);
  }

  std::string Revision() const { return ResolveRevisions(api::StatefulSet::From(Object(set)), Known()).update; }

  api::Refs<api::ControllerRevision> Known() const {
    api::Refs<api::ControllerRevision> known;
    for (const Json& body : revisions) known.push_back(api::ControllerRevision::From(Object(body)));
    return known;
  }

  void Put(int64_t ordinal, PodState state) {
    ordinals[ordinal].state = state;
    ordinals[ordinal].revision = Revision();
  }
  void Turn(int64_t ordinal, PodState state) {
    ordinals[ordinal].state = state;
    ordinals[ordinal].since = now;
  }
  /// Changes the template: `version` says which it is.
  void Template(const std::string& version) { set["spec"]["template"]["metadata"]["annotations"]["v"] = version; }

  Observed Seen() const {
    Observed seen;
    seen.set = api::StatefulSet::From(Object(set));
    for (const auto& [ordinal, pod] : ordinals) {
      if (pod.state == PodState::kMissing) continue;
      seen.pods.push_back(SeenPod(pod, ordinal));
      if (pod.state == PodState::kReady) seen.ready_since[seen.pods.back()->meta.uid] = pod.since;
    }
    seen.settling = settling;
    for (const std::string& name : claims) {
      const auto size = sizes.find(name);
      seen.claims[name] = SeenClaim(name, size == sizes.end() ? "1Mi" : size->second);
    }
    seen.revisions = Known();
    seen.images = images;
    seen.now = now;
    return seen;
  }

  void Carry(const Revisions& plan) {
    const auto named = [&](const std::string& name) {
      return std::find_if(revisions.begin(), revisions.end(), [&](const Json& body) { return NameOf(body) == name; });
    };
    if (plan.create && named(NameOf(*plan.create)) == revisions.end()) revisions.push_back(*plan.create);
    if (!plan.renumber) return;
    if (const auto found = named(plan.renumber->name); found != revisions.end()) {
      (*found)["revision"] = plan.renumber->revision;
    }
  }

  /// Carries one action out, as a store would: a name that exists is not created again, and only the pod that is meant
  /// is deleted. What it did to a pod: "+1" created, "-2" deleted, or nothing.
  std::string Carry(const PodAction& action) {
    if (const auto* create = std::get_if<CreatePod>(&action)) {
      for (const Json& claim : create->claims) {
        if (!claims.insert(NameOf(claim)).second) continue;
        sizes[NameOf(claim)] = claim["spec"]["resources"]["requests"]["storage"];
      }
      PodOf& pod = ordinals[create->ordinal];
      if (!create->pod || pod.state != PodState::kMissing) return "";
      const int made = pod.revision.empty() ? 0 : pod.made + 1;
      const std::string revision = (*create->pod)["metadata"]["labels"]["controller-revision-hash"];
      pod = PodOf{PodState::kPending, revision, made, now, now};
      return fmt::format("+{}", create->ordinal);
    }
    const auto* remove = std::get_if<DeletePod>(&action);
    if (remove == nullptr) return "";
    const int64_t ordinal = ParsePodName(remove->name)->ordinal;
    const PodOf& pod = ordinals[ordinal];
    if (pod.state == PodState::kMissing || pod.state == PodState::kTerminating) return "";
    if (pod.Uid(remove->name) != remove->uid) return "";
    Turn(ordinal, PodState::kTerminating);
    return fmt::format("-{}", ordinal);
  }

  /// Carries a plan out. What it did to pods, in order.
  std::vector<std::string> Carry(const Plan& plan) {
    std::vector<std::string> done;
    Carry(plan.revisions);
    for (const PodAction& action : plan.pods) {
      if (std::string did = Carry(action); !did.empty()) done.push_back(std::move(did));
    }
    for (const GrowClaim& action : plan.grow_claims) sizes[action.name] = action.storage;
    set["status"] = plan.status;
    return done;
  }
  std::vector<std::string> Sync() { return Carry(MakePlan(Seen())); }

  /// The node does its part for the first pod that waits for it. False when none does.
  bool NodeStep() {
    for (auto& [ordinal, pod] : ordinals) {
      if ((pod.state == PodState::kPending || pod.state == PodState::kRunning) && !broken.contains(pod.revision)) {
        Turn(ordinal, PodState::kReady);
        return true;
      }
      if (pod.state == PodState::kTerminating) {
        Turn(ordinal, PodState::kMissing);
        return true;
      }
    }
    return false;
  }

  /// Plans and node steps in turn until neither does anything; what was done to pods, in order.
  std::vector<std::string> Settle() {
    std::vector<std::string> done;
    for (int round = 0; round < 200; ++round) {
      const auto step = Sync();
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

  /// The set's condition Progressing, or null.
  Json Progress() const {
    const Json conditions = api::Member(api::Member(set, "status"), "conditions");
    if (!conditions.is_array()) return Json();
    for (const Json& condition : conditions) {
      if (condition["type"] == kProgressing) return condition;
    }
    return Json();
  }
};

}  // namespace ordinal::controllers::statefulset
