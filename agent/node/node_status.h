// What a Node object says of this host: pure. Field names, condition types and reasons are those a kubelet writes
// (recorded: golden/04-api/node.json); conditions of pressure are not measured and say so in their message.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::node {

struct ImageFacts {
  std::vector<std::string> names;
  uint64_t bytes = 0;
};

struct NodeFacts {
  std::string name;
  std::vector<std::string> addresses;  ///< the host's own; the first is its InternalIP
  int64_t cpu_milli = 0, memory_bytes = 0, disk_bytes = 0;
  std::string kernel, os_image, runtime_version, machine_id, boot_id, agent_version;
  std::vector<ImageFacts> images;
  std::string not_ready;  ///< why it is not ready; empty: it is
};

/// The object to create: labels and an empty spec.
api::Json NewNode(const NodeFacts& facts);

/// The status to write over `before` (the stored one, or null): the time of a condition moves when its status does,
/// and the heartbeat only then, so that an idle node writes nothing.
api::Json NodeStatus(const NodeFacts& facts, const api::Json& before, WallTime now);

}  // namespace ordinal::node
