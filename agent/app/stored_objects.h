// StoredObjects: the embedded store, and what everybody sees of it. Part of the composition root.
//
//   the verbs, with admission ──> ReadYourWrites ──> SqliteStore ──watch──> caches
#pragma once

#include <memory>
#include <string>

#include "agent/base/random.h"
#include "agent/objects/caches.h"
#include "agent/objects/local/local_objects.h"
#include "agent/objects/read_your_writes.h"
#include "agent/store/sqlite/sqlite_store.h"

namespace ordinal {

class StoredObjects {
 public:
  /// Opens the store of this state directory. Blocks; on any thread, while nobody else uses what is given, which
  /// outlives it. The error says what is wrong with the store and what would help.
  static Result<std::unique_ptr<StoredObjects>> Open(const Executor& executor, Clock& clock, Random& random,
                                                     const std::string& directory);

  store::SqliteStore& store() { return *store_; }
  objects::Caches& caches() { return caches_; }
  objects::Objects& verbs() { return verbs_; }
  /// As LocalObjects::SignWith.
  void SignWith(const tokens::Issuer& issuer) { verbs_.SignWith(issuer); }

 private:
  StoredObjects(std::unique_ptr<store::SqliteStore> store, Clock& clock, Random& random);

  const std::unique_ptr<store::SqliteStore> store_;
  objects::Caches caches_;
  objects::ReadYourWrites written_;  ///< the store as everybody writes to it
  objects::LocalObjects verbs_;
};

}  // namespace ordinal
