// Workloads: all controllers, built on one set of caches. Part of the composition root.
#pragma once

#include <functional>
#include <memory>

#include "agent/controllers/claims/storage.h"
#include "agent/controllers/context.h"
#include "agent/controllers/events/event_log.h"
#include "agent/store/cache.h"

namespace ordinal {

class Workloads {
 public:
  using CacheOf = std::function<store::Cache&(const std::string& kind)>;

  /// `cache` gives the cache of a kind. What controllers say becomes log lines by `context.recorder` and Event objects
  /// in `events`. `storage` outlives the controllers. Build before the caches run.
  Workloads(const controllers::Context& context, controllers::events::EventLog& events, const CacheOf& cache,
            controllers::claims::Storage& storage);
  ~Workloads();

  /// Starts every controller; they run for ever.
  void Start();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  Executor executor_;
};

}  // namespace ordinal
