// HostLook: what the Node object says of the host and its runtime. Addresses are looked at each time; what hardly ever
// changes, and asking for which wakes the runtime, once a minute. Part of the composition root; control thread.
#pragma once

#include <optional>
#include <string>

#include "agent/app/host_runtime.h"
#include "agent/base/clock.h"
#include "agent/node/node_status.h"

namespace ordinal {

class HostLook {
 public:
  /// All of it outlives the look. `disk`: a path on the disk that is counted.
  struct Parts {
    Clock& clock;
    HostRuntime& runtime;
    std::string node_name, disk;
  };
  explicit HostLook(Parts parts) : parts_(std::move(parts)) {}

  Task<node::NodeFacts> Look();
  /// The next look asks the runtime for its images.
  void ImagesChanged() { images_changed_ = true; }

 private:
  Task<void> LookAround();
  Task<bool> AskRuntime();

  const Parts parts_;
  node::NodeFacts kept_;
  std::optional<SteadyTime> looked_;  ///< around; nothing when something was not told then
  bool images_changed_ = false;
};

}  // namespace ordinal
