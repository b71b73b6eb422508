// The watch over the state directory's disk, with the store and the node's events behind it. Part of the composition
// root.
#pragma once

#include <memory>
#include <string>

#include "agent/base/layout.h"
#include "agent/events/recorder.h"
#include "agent/node/state_disk.h"
#include "agent/store/sqlite/sqlite_store.h"

namespace ordinal {

/// Everything given outlives it.
std::unique_ptr<node::StateDisk> MakeStateDisk(Clock& clock, store::SqliteStore& store, const Layout& layout,
                                               events::Recorder& recorder, const std::string& node_name);

}  // namespace ordinal
