// CustomResourceDefinitions: makes their kinds known the moment a definition is written, says in their status what
// became of them, and takes their objects away before they go. One definition is one key.
#pragma once

#include <map>
#include <set>
#include <string>

#include "agent/api/plain.h"
#include "agent/controllers/context.h"
#include "agent/controllers/definitions/served_kinds.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::definitions {

inline constexpr const char* kDefinitionKind = "CustomResourceDefinition";

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, objects::Caches& caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the cache, then works for ever.
  Task<void> Run();

 private:
  void OnChange(const objects::Change<api::Plain>& change);
  void Publish();
  void PublishAfterList();
  void QueueGroup(const std::string& group);
  const std::string& RulesOf(const api::Json& definition);
  std::vector<const api::Json*> All() const;
  Task<Status> Sync(std::string name);
  Task<Status> End(api::Object definition);
  Task<Status> RemoveObjects(std::string kind);

  Context context_;
  objects::Caches& caches_;
  objects::Cache<api::Plain>& definitions_;
  ServedKinds served_;
  std::set<std::string> followed_;  ///< kinds that have a cache
  struct Rules {
    std::string of, text;  ///< uid and generation
  };
  std::map<std::string, Rules> rules_;  ///< by the definition's name
  bool to_publish_ = false;             ///< when the first list is in
  WorkQueue queue_;
};

}  // namespace ordinal::controllers::definitions
