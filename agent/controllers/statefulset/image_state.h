// What the controller is told about the images of a template: an update takes no running pod down before they are on
// this host, so that the time a pod is away is a restart's and not a pull's.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "agent/api/object.h"
#include "agent/base/clock.h"

namespace ordinal::controllers::statefulset {

struct ImageState {
  enum class Phase { kReady, kPulling, kFailed };
  Phase phase = Phase::kReady;
  std::string reason, message;         ///< of kFailed: "ErrImagePull", and what went wrong
  std::optional<Duration> look_again;  ///< of kFailed: when it may be different without any news
};

/// Starts what is needed to have every image of a pod spec, of pods in `ns`, and never waits for it. `arrived` is
/// called, on the control thread, when a pull that is under way has ended.
using EnsureImages = std::function<Task<ImageState>(std::string ns, api::Json pod_spec, std::function<void()> arrived)>;

}  // namespace ordinal::controllers::statefulset
