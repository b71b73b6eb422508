#include "agent/api/kinds/pod/table.h"

#include <set>

#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

/// What the containers of a pod amount to: READY, STATUS and RESTARTS.
struct Summary {
  std::string status;
  int64_t ready = 0, containers = 0, restarts = 0;
  std::optional<WallTime> restarted;  ///< when a container that was restarted had ended
};

/// Restarts, and when the last one was.
struct Restarts {
  int64_t count = 0;
  std::optional<WallTime> last;

  void Add(const Json& status) {
    count += ReadInt(status, "restartCount");
    const auto ended = ReadTime(At(status, {"lastState", "terminated"}), "finishedAt");
    if (ended && (!last || *ended > *last)) last = ended;
  }
};

bool HasCondition(const Json& pod, std::string_view type, std::string_view reason = {}) {
  for (const Json& condition : Items(Member(pod, "status"), "conditions")) {
    if (ReadString(condition, "type") != type) continue;
    return reason.empty() ? ReadString(condition, "status") == "True" : ReadString(condition, "reason") == reason;
  }
  return false;
}

/// "Error", or what is known of an end without a reason.
std::string EndReason(const Json& ended) {
  const std::string reason = ReadString(ended, "reason");
  if (!reason.empty()) return reason;
  if (const int64_t signal = ReadInt(ended, "signal"); signal != 0) return "Signal:" + std::to_string(signal);
  return "ExitCode:" + std::to_string(ReadInt(ended, "exitCode"));
}

/// Init containers that keep running beside the others (restartPolicy Always).
std::set<std::string> Sidecars(const Json& pod) {
  std::set<std::string> names;
  for (const Json& container : Items(Member(pod, "spec"), "initContainers")) {
    if (ReadString(container, "restartPolicy") == "Always") names.insert(ReadString(container, "name"));
  }
  return names;
}

/// The init containers; true while they are not done.
bool SummarizeInit(const Json& pod, const std::set<std::string>& sidecars, Summary& summary, Restarts& of_sidecars) {
  Restarts all;
  const Json& inits = Items(Member(pod, "status"), "initContainerStatuses");
  for (size_t i = 0; i < inits.size(); ++i) {
    const Json& init = inits[i];
    const bool sidecar = sidecars.contains(ReadString(init, "name"));
    all.Add(init);
    if (sidecar) of_sidecars.Add(init);
    summary.restarts = all.count;
    summary.restarted = all.last;
    const Json& ended = At(init, {"state", "terminated"});
    if (ended.is_object() && ReadInt(ended, "exitCode") == 0) continue;
    if (sidecar && ReadBool(init, "started")) {
      summary.ready += ReadBool(init, "ready") ? 1 : 0;
      continue;
    }
    const std::string waiting = TextCell(init, {"state", "waiting", "reason"});
    if (ended.is_object()) {
      summary.status = "Init:" + EndReason(ended);
    } else if (!waiting.empty() && waiting != "PodInitializing") {
      summary.status = "Init:" + waiting;
    } else {
      summary.status =
          "Init:" + std::to_string(i) + "/" + std::to_string(Items(Member(pod, "spec"), "initContainers").size());
    }
    return true;
  }
  return false;
}

void SummarizeMain(const Json& pod, const Restarts& of_sidecars, Summary& summary) {
  Restarts restarts = of_sidecars;
  bool running = false;
  const Json& containers = Items(Member(pod, "status"), "containerStatuses");
  // From the last to the first: what the first one says is shown.
  for (size_t i = containers.size(); i-- > 0;) {
    const Json& container = containers[i];
    restarts.Add(container);
    const std::string waiting = TextCell(container, {"state", "waiting", "reason"});
    const Json& ended = At(container, {"state", "terminated"});
    if (!waiting.empty()) {
      summary.status = waiting;
    } else if (ended.is_object()) {
      summary.status = EndReason(ended);
    } else if (ReadBool(container, "ready") && At(container, {"state", "running"}).is_object()) {
      running = true;
      ++summary.ready;
    }
  }
  summary.restarts = restarts.count;
  summary.restarted = restarts.last;
  if (summary.status == "Completed" && running) summary.status = HasCondition(pod, "Ready") ? "Running" : "NotReady";
}

Summary Summarize(const Json& pod) {
  const Json& status = Member(pod, "status");
  const std::string phase = ReadString(status, "phase"), reason = ReadString(status, "reason");
  Summary summary;
  summary.status = reason.empty() ? phase : reason;
  if (HasCondition(pod, "PodScheduled", "SchedulingGated")) summary.status = "SchedulingGated";
  const std::set<std::string> sidecars = Sidecars(pod);
  summary.containers = static_cast<int64_t>(Items(Member(pod, "spec"), "containers").size() + sidecars.size());
  Restarts of_sidecars;
  const bool initializing = SummarizeInit(pod, sidecars, summary, of_sidecars);
  if (!initializing || HasCondition(pod, "Initialized")) SummarizeMain(pod, of_sidecars, summary);
  if (At(pod, {"metadata", "deletionTimestamp"}).is_string()) {
    if (reason == "NodeLost") {
      summary.status = "Unknown";
    } else if (phase != "Succeeded" && phase != "Failed") {
      summary.status = "Terminating";
    }
  }
  return summary;
}

std::string RestartsCell(const Summary& summary, WallTime now) {
  std::string cell = std::to_string(summary.restarts);
  if (summary.restarts != 0 && summary.restarted) cell += " (" + HumanDuration(now - *summary.restarted) + " ago)";
  return cell;
}

/// How many of a pod's readiness gates are open, "1/2".
std::string GatesCell(const Json& pod) {
  const Json& gates = Items(Member(pod, "spec"), "readinessGates");
  if (gates.empty()) return "<none>";
  size_t open = 0;
  for (const Json& gate : gates) open += HasCondition(pod, ReadString(gate, "conditionType")) ? 1 : 0;
  return std::to_string(open) + "/" + std::to_string(gates.size());
}

std::string AddressCell(const Json& pod) {
  const Json& addresses = Items(Member(pod, "status"), "podIPs");
  const std::string first = addresses.empty() ? "" : ReadString(addresses.front(), "ip");
  return first.empty() ? TextCell(pod, {"status", "podIP"}, "<none>") : first;
}

}  // namespace

constinit const Column kPodColumns[9] = {
    kNameColumn,
    {"Ready", "string", "", "How many containers are ready, of how many there are.", 0},
    {"Status", "string", "", "The phase, or what holds the pod up.", 0},
    {"Restarts", "string", "", "How often containers were restarted, and when last.", 0},
    kAgeColumn,
    {"IP", "string", "", "The pod's address.", 1},
    {"Node", "string", "", "The node it was placed on.", 1},
    {"Nominated Node", "string", "", "The node it waits for while others are preempted.", 1},
    {"Readiness Gates", "string", "", "How many readiness gates are open, of how many there are.", 1},
};

std::string PodStatusCell(const Json& body) { return Summarize(body).status; }

Json PodCells(const Json& body, WallTime now) {
  const Summary summary = Summarize(body);
  return {NameCell(body),
          std::to_string(summary.ready) + "/" + std::to_string(summary.containers),
          summary.status,
          RestartsCell(summary, now),
          AgeCell(body, now),
          AddressCell(body),
          TextCell(body, {"spec", "nodeName"}, "<none>"),
          TextCell(body, {"status", "nominatedNodeName"}, "<none>"),
          GatesCell(body)};
}

Json PodRowConditions(const Json& body) {
  const std::string phase = TextCell(body, {"status", "phase"});
  if (phase != "Succeeded" && phase != "Failed") return Json::array();
  const bool good = phase == "Succeeded";
  return Json::array({{{"type", "Completed"},
                       {"status", "True"},
                       {"reason", phase},
                       {"message", good ? "All containers of the pod ended well." : "The pod failed."}}});
}

}  // namespace ordinal::api
