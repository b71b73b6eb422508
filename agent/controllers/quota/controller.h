// The quota controller: keeps status.hard and status.used of every ResourceQuota, of which it is the only writer.
// Whether a write is let through is not decided by them (agent/objects/local/admission/quotas.h).
#pragma once

#include <map>
#include <string>

#include "agent/controllers/context.h"
#include "agent/controllers/quota/plan.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"

namespace ordinal::controllers::quota {

/// How long until a quota is looked at again that counts a custom kind of which not all is known yet.
inline constexpr Duration kUntilSynced = std::chrono::seconds(1);

/// How often each quota is counted anew, whatever was heard of changes: what goes by the clock alone is seen then.
inline constexpr Duration kResync = std::chrono::minutes(5);

class Controller {
 public:
  /// Adds its handlers to the caches of all kinds there are and of those that definitions bring: build it before they
  /// run. It outlives them.
  Controller(Context context, objects::Caches& caches);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  void Follow(objects::AnyCache& cache);
  void OnObject(const api::KindInfo& kind, const api::Object& old, const api::Object& now);
  void OnForgotten(const std::string& kind);
  bool HasAllOf(const api::ResourceQuota& quota) const;
  Task<Status> Sync(std::string key);

  Context context_;
  objects::Caches& caches_;
  objects::Cache<api::ResourceQuota>& quotas_;
  std::map<std::string, objects::AnyCache*> kinds_;  ///< by api::KeyOf(): those in namespaces
  WorkQueue queue_;
};

}  // namespace ordinal::controllers::quota
