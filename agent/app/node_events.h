// NodeEvents: where all events of this agent go, and its own voice among them. Part of the composition root.
#pragma once

#include <string>
#include <utility>

#include "agent/events/log_recorder.h"
#include "agent/events/store_recorder.h"

namespace ordinal {

struct NodeEvents {
  NodeEvents(Executor executor, Clock& clock, objects::Objects& objects, const std::string& node_name)
      : log(std::move(executor), clock, objects), node(log, lines, events::Source{"kubelet", node_name, false}) {}
  NodeEvents(const NodeEvents&) = delete;

  events::LogRecorder lines;
  events::EventLog log;
  events::StoreRecorder node;  ///< what the node says, of its pods and of itself
};

}  // namespace ordinal
