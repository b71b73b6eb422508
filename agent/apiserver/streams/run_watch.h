// RunWatch: tells when a run of a container has ended, as the pod's status in the store says.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/store/object_store.h"

namespace ordinal::apiserver::streams {

/// A container of one pod, and the run of it that is followed.
struct FollowedRun {
  api::ObjectKey pod;
  std::string uid, container, container_id;
};

/// Control thread only. Destroying it ends the watch.
class RunWatch {
 public:
  /// `ended` is called once, from the control loop: the run is over, or the pod or its object is gone.
  RunWatch(const Executor& executor, store::ObjectReader& store, Clock& clock, FollowedRun run,
           std::function<void()> ended);
  ~RunWatch();
  RunWatch(const RunWatch&) = delete;
  RunWatch& operator=(const RunWatch&) = delete;

  bool Ended() const;

 private:
  struct State;
  static Task<void> Follow(std::shared_ptr<State> state);
  static Task<Status> FollowOnce(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;  ///< shared with Follow(), which may still be waking up when this is gone
};

}  // namespace ordinal::apiserver::streams
