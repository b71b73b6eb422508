// A small world for the plan of jobs: a job's document and those of its pods, on which plans are carried out at once.
#pragma once

#include <fmt/format.h>

#include <map>
#include <string>

#include "agent/api/kinds/job/labels.h"
#include "agent/controllers/job/plan.h"
#include "agent/controllers/job/pod_of_job.h"
#include "agent/controllers/job/pods.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers::job {

/// A job of one busybox container; `spec` is merged over its spec. As it is stored: with selector and defaults.
inline Json JobBody(const Json& spec = Json::object()) {
  Json body = Json::parse(R"({
    "apiVersion": "batch/v1", "kind": "Job",
    "metadata": {"name": "pi", "namespace": "default", "uid": "job-uid", "generation": 1},
    "spec": {
      "backoffLimit": 6, "completionMode": "NonIndexed", "completions": 1, "parallelism": 1, "suspend": false,
      "podReplacementPolicy": "TerminatingOrFailed",
      "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": "job-uid"}},
      "template": {
        "metadata": {"labels": {"batch.kubernetes.io/controller-uid": "job-uid"}},
        "spec": {"containers": [{"name": "main", "image": "busybox:1.35"}], "restartPolicy": "Never"}
      }
    },
    "status": {}})");
  body["spec"].merge_patch(spec);
  return body;
}

class JobWorld {
 public:
  explicit JobWorld(const Json& spec = Json::object()) : job(JobBody(spec)) {}

  Observed Seen() const {
    Observed seen;
    seen.job = api::Job::From(Object(job));
    for (const auto& [name, pod] : pods) seen.pods.push_back(api::Pod::From(Object(pod)));
    seen.now = now;
    seen.backoff = backoff;
    return seen;
  }
  /// One pass, as the controller carries it out; what it planned.
  Plan Pass() {
    Plan plan = MakePlan(Seen());
    Carry(plan);
    return plan;
  }
  /// Passes until one changes nothing.
  void Settle() {
    for (int i = 0; i < 50; ++i) {
      const Json before = job;
      const size_t before_pods = pods.size();
      const Plan plan = Pass();
      if (job == before && pods.size() == before_pods && plan.release.empty() && plan.drop.empty()) return;
    }
  }
  /// All of the plan but what comes after its first `steps` actions, as when the agent is killed there.
  void Carry(const Plan& plan, int steps = 1'000'000) {
    const auto more = [&steps] { return steps-- > 0; };
    for (const PodName& pod : plan.end) {
      if (more()) Delete(pod.name);
    }
    for (const PodName& pod : plan.drop) {
      if (more()) DropFinalizer(pod.name);
      if (more()) Delete(pod.name);
    }
    for (const PodName& pod : plan.track) {
      if (more()) pods[pod.name]["metadata"]["finalizers"].push_back(api::kJobTracking);
    }
    for (const NewPod& pod : plan.create) {
      if (more()) Create(pod);
    }
    if (!more()) return;
    job["status"] = plan.status;
    backoff = plan.backoff;
    for (const PodName& pod : plan.release) {
      if (more()) DropFinalizer(pod.name);
    }
    for (const PodName& pod : plan.collect) {
      if (more()) Delete(pod.name);
    }
  }

  void Create(const NewPod& wanted) {
    Json body = PodOf(api::Job::From(Object(job)), wanted);
    const std::string name = fmt::format("pi-{:04}", made++);
    body["metadata"]["name"] = name;
    body["metadata"]["uid"] = name + "-uid";
    body["metadata"]["creationTimestamp"] = FormatTime(now);
    body["spec"]["nodeName"] = "node-a";
    body["status"]["phase"] = "Pending";
    pods[name] = std::move(body);
  }
  void Run(const std::string& name, bool ready = true) {
    Json& status = pods[name]["status"];
    status["phase"] = "Running";
    status["conditions"] = Json::array({Json{{"type", "Ready"}, {"status", ready ? "True" : "False"}}});
  }
  /// Its container ends with that code, now.
  void End(const std::string& name, int code) {
    Json ended{{"exitCode", code}, {"finishedAt", FormatTime(now)}};
    Json& status = pods[name]["status"];
    status["phase"] = code == 0 ? "Succeeded" : "Failed";
    status["containerStatuses"] =
        Json::array({Json{{"name", "main"}, {"state", Json{{"terminated", std::move(ended)}}}}});
    status["conditions"] = Json::array({Json{{"type", "Ready"}, {"status", "False"}}});
  }
  /// As the API does: marked, and gone when nothing holds it.
  void Delete(const std::string& name) {
    if (!pods.contains(name)) return;
    Json& metadata = pods[name]["metadata"];
    if (!metadata.contains("deletionTimestamp")) metadata["deletionTimestamp"] = FormatTime(now);
    const std::string phase = pods[name]["status"]["phase"];
    if (phase == "Succeeded" || phase == "Failed") EndDeletion(name);
  }
  /// The node has ended what was left of it: its last status is terminal, whatever it had begun (podsync/pod_status.h).
  void EndDeletion(const std::string& name) {
    Json& pod = pods[name];
    const std::string phase = pod["status"]["phase"];
    if (phase != "Succeeded" && phase != "Failed") pod["status"]["phase"] = "Failed";
    pod["ended"] = true;
    if (!pod["metadata"].contains("finalizers")) pods.erase(name);
  }
  void DropFinalizer(const std::string& name) {
    if (!pods.contains(name)) return;
    pods[name]["metadata"].erase("finalizers");
    if (pods[name].contains("ended")) pods.erase(name);
  }

  int64_t Active() const {
    int64_t active = 0;
    for (const auto& [name, pod] : pods) active += job::Active(api::Pod::From(Object(pod)));
    return active;
  }
  const Json& status() const { return job["status"]; }
  /// "Complete CompletionsReached", of each condition that is True.
  std::vector<std::string> Conditions() const {
    std::vector<std::string> holding;
    if (!job["status"].contains("conditions")) return holding;
    for (const Json& each : job["status"]["conditions"]) {
      if (each["status"] == "True") {
        holding.push_back(each["type"].get<std::string>() + " " + each["reason"].get<std::string>());
      }
    }
    return holding;
  }
  std::string Name(int number) const { return fmt::format("pi-{:04}", number); }

  Json job;
  std::map<std::string, Json> pods;
  WallTime now = *ParseTime("2026-01-02T00:00:00Z");
  Backoff backoff;
  int made = 0;
};

}  // namespace ordinal::controllers::job
