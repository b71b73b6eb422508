// Workloads: all controllers, built on one set of caches. Part of the composition root.
#pragma once

#include <functional>
#include <memory>

#include "agent/controllers/context.h"
#include "agent/store/cache.h"

namespace ordinal {

class Workloads {
 public:
  /// `cache` gives the cache of a kind. Build before the caches run.
  Workloads(controllers::Context context, const std::function<store::Cache&(const std::string& kind)>& cache);
  ~Workloads();

  /// Starts every controller; they run for ever.
  void Start();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  Executor executor_;
};

}  // namespace ordinal
