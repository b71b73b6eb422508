// A small world for the Deployment plan: ReplicaSets whose pods become available one by one, on which plans are carried
// out at once.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/controllers/conditions.h"
#include "agent/controllers/deployment/plan.h"
#include "agent/controllers/deployment/revision.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::deployment {

struct World {
  Json deployment;
  std::map<std::string, Json> sets;        ///< by name
  std::vector<std::string> order;          ///< of their creation
  std::map<std::string, int64_t> leaving;  ///< pods on their way out, by set
  WallTime now = *ParseTime("2026-01-01T00:00:00Z");
  bool available = true;  ///< pods become available

  World(int64_t replicas, const Json& strategy) {
    deployment = Replicas("web", replicas);
    deployment["kind"] = "Deployment";
    deployment["metadata"]["uid"] = "web-uid";
    deployment["metadata"]["generation"] = 1;
    deployment["spec"]["strategy"] = strategy;
    deployment["spec"]["progressDeadlineSeconds"] = 600;
  }
  static Json Rolling(const Json& surge, const Json& unavailable) {
    return Json{{"type", "RollingUpdate"},
                {"rollingUpdate", Json{{"maxSurge", surge}, {"maxUnavailable", unavailable}}}};
  }

  Json& Spec() { return deployment["spec"]; }
  void SetImage(const std::string& image) { Spec()["template"]["spec"]["containers"][0]["image"] = image; }

  Observed Seen() const {
    Observed seen;
    seen.deployment = api::Deployment::From(Object(deployment));
    for (const auto& [name, set] : sets) {
      seen.sets.push_back(api::ReplicaSet::From(Object(set)));
      const auto found = leaving.find(name);
      seen.pods[name + "-uid"] = api::ReadInt(set["status"], "replicas") + (found == leaving.end() ? 0 : found->second);
    }
    seen.now = now;
    return seen;
  }

  /// Carries a plan out; what it did, in order: "new +1 3" created with a size, "1 4>3" resized, "1 gone".
  std::vector<std::string> Carry(const Plan& plan) {
    std::vector<std::string> done;
    if (plan.create) {
      Json set = *plan.create;
      const std::string name = set["metadata"]["name"];
      set["metadata"]["uid"] = name + "-uid";
      set["metadata"]["generation"] = 1;
      set["metadata"]["creationTimestamp"] = FormatTime(now);
      set["status"] = Json{{"replicas", 0}};
      sets[name] = set;
      order.push_back(name);
      done.push_back(fmt::format("{} +{}", order.size(), set["spec"]["replicas"].get<int>()));
    }
    for (const Resize& resize : plan.resize) {
      Json& set = sets.at(resize.name);
      if (resize.from != resize.to)
        done.push_back(fmt::format("{} {}>{}", Number(resize.name), resize.from, resize.to));
      set["spec"]["replicas"] = resize.to;
      for (const auto& [key, value] : resize.annotations) set["metadata"]["annotations"][key] = value;
    }
    for (const std::string& name : plan.surplus) {
      done.push_back(fmt::format("{} gone", Number(name)));
      sets.erase(name);
    }
    if (!plan.revision.empty()) deployment["metadata"]["annotations"][kRevisionAnnotation] = plan.revision;
    deployment["status"] = plan.status;
    return done;
  }

  /// The ReplicaSet controller and the node do their part: pods come up to size at once, go at once, and become
  /// available one a step. False when there is nothing to do.
  bool Step() {
    bool moved = false;
    for (auto& [name, set] : sets) {
      const int64_t size = api::ReadInt(set["spec"], "replicas");
      Json& status = set["status"];
      const Json before = status;
      status["observedGeneration"] = 1;
      const int64_t left = api::ReadInt(status, "replicas") - size;
      if (left > 0) leaving[name] += left;
      status["replicas"] = size;
      const int64_t ready = std::min(api::ReadInt(status, "availableReplicas"), size);
      const bool more = available && ready < size && !moved;
      status["availableReplicas"] = status["readyReplicas"] = ready + more;
      moved = moved || status != before;
    }
    if (!moved) {
      for (auto& [name, count] : leaving) moved = moved || std::exchange(count, 0) > 0;
    }
    return moved;
  }

  /// Plans and steps in turn until neither does anything.
  std::vector<std::string> Settle() {
    std::vector<std::string> done;
    for (int round = 0; round < 500; ++round) {
      const Json before = deployment;
      const auto step = Carry(MakePlan(Seen()));
      done.insert(done.end(), step.begin(), step.end());
      const auto seen = Seen();
      most = std::max(most, SumOfSizes(Pointers(seen)));
      least = std::min(least, SumOfAvailable(Pointers(seen)));
      if (step.empty() && !Step() && deployment == before) return done;
    }
    done.push_back("never settles");
    return done;
  }
  int64_t most = 0, least = 1 << 30;  ///< pods in all, pods available, seen by Settle()

  static std::vector<const api::ReplicaSet*> Pointers(const Observed& seen) {
    std::vector<const api::ReplicaSet*> pointers;
    for (const api::ReplicaSet& set : seen.sets) pointers.push_back(&set);
    return pointers;
  }
  size_t Number(const std::string& name) const {
    return std::find(order.begin(), order.end(), name) - order.begin() + 1;
  }
  /// The set made as the `number`-th, from 1.
  Json& Set(size_t number) { return sets.at(order.at(number - 1)); }
  std::string ReasonOf(const std::string& condition) const {
    const Json* found = FindCondition(deployment["status"]["conditions"], condition);
    return found == nullptr
               ? ""
               : fmt::format("{} {}", (*found)["status"].get<std::string>(), (*found)["reason"].get<std::string>());
  }
};

}  // namespace ordinal::controllers::deployment
