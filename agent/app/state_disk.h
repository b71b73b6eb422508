// The watch over the state directory's disk, with the store behind it. Part of the composition root.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/base/layout.h"
#include "agent/node/state_disk.h"
#include "agent/store/sqlite/sqlite_store.h"

namespace ordinal {

/// Everything given outlives it. `tell` is called when the Node has something else to say of the disk.
std::unique_ptr<node::StateDisk> MakeStateDisk(Clock& clock, store::SqliteStore& store, const Layout& layout,
                                               std::function<void()> tell);

}  // namespace ordinal
