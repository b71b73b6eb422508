// What a Node object says of this host: pure. Field names, condition types and reasons are those a kubelet writes
// (recorded: golden/04-api/node.json).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/api/object.h"
#include "agent/node/pressure/threshold.h"
#include "cri/runtime.h"

namespace ordinal::node {

struct ImageFacts {
  std::vector<std::string> names;
  uint64_t bytes = 0;
};

struct NodeFacts {
  std::string name;
  std::vector<std::string> addresses;  ///< the host's own; the first is its InternalIP
  int64_t cpu_milli = 0, memory_bytes = 0, disk_bytes = 0;
  std::map<int64_t, int64_t> hugepages;  ///< by size: bytes of that many huge pages
  int api_port = 0;                      ///< of the node's own API; 0: there is none
  std::string kernel, os_image, runtime_version, machine_id, boot_id, agent_version;
  std::vector<ImageFacts> images;
  std::map<std::string, cri::HandlerFeatures> handlers = {};  ///< of the runtime, by name; none: it does not tell
  std::optional<bool> strict_groups = {};                     ///< it has supplementalGroupsPolicy Strict
  std::string not_ready;                                      ///< why it is not ready; empty: it is
  std::string disk_pressure;          ///< why the state directory's disk is short of space; empty: it is not
  std::set<Pressure> pressures = {};  ///< beside that (pressure/evictions.h)
  bool shutting_down = false;         ///< the host goes down
};

/// The object to create: labels and an empty spec.
api::Json NewNode(const NodeFacts& facts);

/// The status to write over `before` (the stored one, or null): the time of a condition moves when its status does.
/// Heartbeats are as before; see Beat().
api::Json NodeStatus(const NodeFacts& facts, const api::Json& before, WallTime now);

/// Reasons of the events of pressures that begin or are over between two statuses, as a kubelet records them
/// ("NodeHasDiskPressure"). What a status says for the first time begins nothing.
std::vector<std::string> PressureEvents(const api::Json& before, const api::Json& after);

/// spec.taints as the facts want them: those of pressure and of a node that goes down are set and taken away here, as
/// Kubernetes' node controller does (pkg/controller/nodelifecycle: effect NoSchedule); all others stay.
api::Json NodeTaints(const NodeFacts& facts, const api::Json& before, WallTime now);

/// How often a node whose status stays says that it is still there (nodeStatusReportFrequency of the kubelet).
inline constexpr std::chrono::minutes kHeartbeatInterval{5};
/// Whether some heartbeat of `status` is as old as that.
bool HeartbeatDue(const api::Json& status, WallTime now);
/// Every condition was seen now.
void Beat(WallTime now, api::Json& status);
/// Whether two versions of an object are a Node's and differ only in heartbeats: not worth a write to the disk.
bool OnlyHeartbeat(const api::Object& before, const api::Object& now);

/// The Lease of the node `node` (its object), renewed now, made of `before` (the stored one, or null).
/// Recorded: golden/04-api/lease.json.
api::Json NodeLease(const api::Object& node, const api::Json& before, WallTime now);
inline constexpr const char* kLeaseNamespace = "kube-node-lease";

}  // namespace ordinal::node
