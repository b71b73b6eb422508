// One worker per pod uid: looks, plans, does, reports, waits to be woken. Only the newest wanted object counts;
// one pod never does two things at once, different pods proceed side by side.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "agent/base/signal.h"
#include "agent/podsync/memory.h"
#include "agent/podsync/services.h"

namespace ordinal::podsync {

class Worker {
 public:
  /// `may_start` says whether the pod may be started now: false while another pod of the same name still lives.
  Worker(Services& services, std::string uid, std::function<bool(const api::Pod&)> may_start);

  void Want(api::Pod pod);  ///< the newest object
  void Gone();              ///< the store has no such object (any more)
  void Wake();              ///< something about the pod changed in the runtime
  void ImageArrived();      ///< containers that wait for an image try again

  /// Runs until nothing of the pod is left.
  Task<void> Run();

  const std::optional<api::Pod>& wanted() const { return wanted_; }

 private:
  bool Ending() const { return !wanted_ || wanted_->deleting(); }
  Task<void> Look();
  Task<bool> LookOnce();
  void Report(const api::Pod& pod);
  Task<void> ReadMessages(const api::Pod& pod);

  Services& services_;
  const std::string uid_;
  std::function<bool(const api::Pod&)> may_start_;
  std::optional<api::Pod> wanted_;
  Memory memory_;
  std::map<std::string, std::string> messages_;  ///< termination messages by container id
  Signal wake_;
  std::optional<WallTime> look_again_;
  bool started_ = false;
};

}  // namespace ordinal::podsync
