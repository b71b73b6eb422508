// The event stream of containerd: Events.Subscribe of its own API (every version has it; CRI's GetContainerEvents
// only exists from 1.7) in the namespace k8s.io, where the CRI plugin keeps pods and images.
#pragma once

#include <memory>

#include "cri/grpc/connection.h"
#include "cri/runtime.h"

namespace ordinal::cri {

/// An EventSource that can be stopped. Used on the control thread by one reader.
class ContainerdEvents : public EventSource {
 public:
  /// Next() ends with kCancelled, now or when it is called again.
  virtual void Stop() = 0;
};

/// `clock` times the pauses after a failed subscription.
std::unique_ptr<ContainerdEvents> MakeContainerdEvents(const Executor& control, std::shared_ptr<Connection> connection,
                                                       Clock& clock);

}  // namespace ordinal::cri
