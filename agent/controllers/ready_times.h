// ReadyTimes: when the pods of one kind of owner became ready, as this process saw it. The condition Ready has whole
// seconds, and stays as it is when a container ends and runs again between two reports; settling
// needs both finer, and neither it nor minReadySeconds may count by a clock that somebody sets.
//
// Not thread-safe: everybody uses it on the control thread.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "agent/api/kinds/pod/view.h"
#include "agent/base/clock.h"
#include "agent/controllers/pod_readiness.h"
#include "agent/objects/cache.h"

namespace ordinal::controllers {

class ReadyTimes {
 public:
  /// Adds its handler to the cache of pods: build it before the cache runs. `owner_kind`: of the pods' controller.
  ReadyTimes(objects::Cache<api::Pod>& pods, Clock& clock, std::string owner_kind);
  ReadyTimes(const ReadyTimes&) = delete;
  ReadyTimes& operator=(const ReadyTimes&) = delete;

  /// In the wall time of now: so long ago, whatever the clock was set to since. Nothing when the pod is not ready, or
  /// not one of these.
  std::optional<WallTime> Of(const std::string& uid) const;
  ReadySince Of(const api::Refs<api::Pod>& pods) const;

 private:
  struct Ready {
    SteadyTime since;
    size_t run = 0;  // which containers run, as a hash of their ids
  };
  void OnPod(const objects::Change<api::Pod>& change);

  Clock& clock_;
  std::string owner_kind_;
  std::map<std::string, Ready> ready_;  // by uid
};

}  // namespace ordinal::controllers
