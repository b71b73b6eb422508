// The tables of store.db and the way from every older version to the present one. The version is the file's
// user_version; 0 is a new file.
//
//   objects   one row an object: kind, namespace, name, revision, and the document as JSON text
//   counter   one row: no revision above `reserved` was ever given to anybody; `last` or the revision of an object,
//             whichever is higher, is the highest that was committed (revision_mark.h says what for). `last` goes with
//             the commits that remove an object or move `reserved`
//
// A released step is never changed: a new version is a new step, and a file of the version before is kept in
// tests/data/store for the upgrade test.
#pragma once

#include <span>

#include "agent/store/sqlite/database.h"

namespace ordinal::store {

struct UpgradeStep {
  uint64_t version;  ///< of the file after the step
  const char* sql;
};

std::span<const UpgradeStep> UpgradeSteps();

/// The highest revision that was committed to the file, whatever version it has; 0 for a new file.
Result<uint64_t> LastRevision(Database& db);

/// Takes the file through the steps it has not seen, each in a transaction of its own with its version.
/// kFailedPrecondition: the file is newer than the last step.
Status Upgrade(Database& db, std::span<const UpgradeStep> steps);

}  // namespace ordinal::store
