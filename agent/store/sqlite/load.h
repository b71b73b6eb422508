// Opening: from a state directory to a checked, upgraded database and the objects in it. Blocks; at start only.
#pragma once

#include <string>
#include <vector>

#include "agent/store/core/index.h"
#include "agent/store/sqlite/files.h"

namespace ordinal::store {

struct Loaded {
  Database db;
  Index objects;
  uint64_t reserved = 0;  ///< no revision above was ever given out
  uint64_t last = 0;      ///< the highest that was committed
  bool backed_up = true;  ///< the newest backup ends there too
};

/// `volatile_kinds` are dropped from the file. A damaged file is set aside (files.h) and its error returned. The error
/// of a store that lost commits is kFailedPrecondition, and every file is as it was.
Result<Loaded> Load(const StoreFiles& files, const std::vector<std::string>& volatile_kinds, WallTime now);

}  // namespace ordinal::store
