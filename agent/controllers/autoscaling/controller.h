// The autoscaling controller: looks at every HorizontalPodAutoscaler now and then, and carries out what plan.h decides.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "agent/api/selector.h"
#include "agent/controllers/autoscaling/figures.h"
#include "agent/controllers/autoscaling/plan.h"
#include "agent/controllers/context.h"
#include "agent/controllers/workqueue.h"
#include "agent/objects/caches.h"
#include "agent/objects/indexes.h"

namespace ordinal::controllers::autoscaling {

/// Between two looks at one autoscaler (--horizontal-pod-autoscaler-sync-period).
inline constexpr Duration kUsualPeriod = std::chrono::seconds(15);

class Controller {
 public:
  /// Adds its handlers to the caches: build it before they run. It outlives them.
  Controller(Context context, objects::Caches& caches, PodMetrics metrics, Duration period = kUsualPeriod);
  Controller(const Controller&) = delete;
  Controller& operator=(const Controller&) = delete;

  /// Waits for the caches, then works for ever.
  Task<void> Run();

 private:
  /// The target of an autoscaler, as it was seen last.
  struct Target {
    std::string ns;
    api::Selector selector;
  };

  Task<Status> Sync(std::string key);
  void Forget(const std::string& key);
  /// All but the moment; nothing when the autoscaler went, or became another one, while it was looked at.
  Task<std::optional<Observed>> Observe(std::string key, api::Ref<api::HorizontalPodAutoscaler> scaler);
  Task<Result<api::Scale>> ReadTarget(const api::HorizontalPodAutoscaler& scaler);
  /// Pods of the target, and other autoscalers of these.
  void SeePods(const std::string& key, Observed& seen);
  Task<Status> Resize(const Observed& seen, const Plan& plan);

  Context context_;
  objects::Cache<api::HorizontalPodAutoscaler>& scalers_;
  objects::Cache<api::Pod>& pods_;
  const objects::Index<api::Pod>& pods_by_label_;
  Figures figures_;
  const Duration period_;
  WorkQueue queue_;
  std::map<std::string, Memory> memory_;   // by key
  std::map<std::string, Target> targets_;  // by key
};

}  // namespace ordinal::controllers::autoscaling
