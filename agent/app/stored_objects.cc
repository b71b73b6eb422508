#include "agent/app/stored_objects.h"

#include <utility>

#include "agent/api/stored.h"
#include "agent/controllers/definitions/controller.h"
#include "agent/node/node_object.h"
#include "agent/store/volatile_kinds.h"

namespace ordinal {
namespace {

/// Before anybody may ask for an object of theirs.
void PublishDefinitions(const store::SqliteStore& store, const Clock& clock) {
  const store::ListResult listed = store.ListNow(controllers::definitions::kDefinitionKind);
  std::vector<const api::Json*> definitions;
  for (const api::Object& object : listed.items) definitions.push_back(&object.body());
  controllers::definitions::ServedKinds().Publish(definitions, clock);
}

}  // namespace

Result<std::unique_ptr<StoredObjects>> StoredObjects::Open(const Executor& executor, Clock& clock, Random& random,
                                                           const std::string& directory) {
  store::SqliteStore::Options options;
  options.directory = directory;
  options.now = clock.Now();
  options.volatile_kinds = store::VolatileKinds();
  options.memory_while_failing = {"Node"};
  options.volatile_change = node::OnlyHeartbeat;
  options.complete = api::Completed;
  TRY(std::unique_ptr<store::SqliteStore> store, store::SqliteStore::Open(options, executor));
  PublishDefinitions(*store, clock);
  return std::unique_ptr<StoredObjects>(new StoredObjects(std::move(store), clock, random));
}

StoredObjects::StoredObjects(std::unique_ptr<store::SqliteStore> store, Clock& clock, Random& random)
    : store_(std::move(store)), caches_(*store_, clock), written_(*store_, caches_), verbs_(written_, clock, random) {}

}  // namespace ordinal
