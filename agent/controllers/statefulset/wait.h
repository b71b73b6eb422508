// What a set waits for, and how it says so: the condition Progressing. Pure.
//
//   nothing to do, nothing to wait for     no condition
//   pods come and go                       True,  reason Rolling
//   something has been in the way          False, reason and message name it and what would help
//
// A pod is in the way when it has failed for a reason that does not pass by itself, or kPatience after it should have
// been ready or gone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/api/kinds/pod/view.h"
#include "agent/controllers/statefulset/image_state.h"

namespace ordinal::controllers::statefulset {

/// Longer than a healthy pod with its image at hand takes to become ready, shorter than people wait before they ask.
inline constexpr Duration kPatience = std::chrono::seconds(10);

inline constexpr char kProgressing[] = "Progressing";

struct Wait {
  std::string about;              ///< the pod's name
  std::string reason, message;    ///< of the condition
  std::optional<WallTime> since;  ///< in the way from then on; nothing: it takes the time the set gives it
  std::string event = "NotProgressing";
};

/// For a pod that is not ready, not available yet, or not gone yet.
Wait WaitForPod(const api::Pod& pod, WallTime now);
/// For a pod of the update to stay up for a moment (settling.h), before the next one is replaced.
Wait WaitForSettling(const api::Pod& pod);
/// For the images of revision `update`, before `pod` is replaced. `images` are not ready.
Wait WaitForImages(const api::Pod& pod, const std::string& update, const ImageState& images, WallTime now);
/// For a name that a pod bears which is not the set's.
Wait WaitForName(const std::string& pod_name, WallTime now);
/// For a claim to be gone, before the pod that gets a new one is made.
Wait WaitForClaim(const std::string& pod_name, const api::Meta& claim, WallTime now);
/// For the time at which `pod`, which failed as the one before it did, is made again.
Wait WaitForBackOff(const api::Pod& pod, WallTime again, WallTime now);

/// The first wait for something that is in the way by `now`, or null.
const Wait* InTheWay(const std::vector<Wait>& waits, WallTime now);
/// How long until the next one is.
std::optional<Duration> NextInTheWay(const std::vector<Wait>& waits, WallTime now);

/// Puts the condition into a list, or takes it out. `moving`: pods are being made or deleted just now.
void SayProgress(const std::vector<Wait>& waits, bool moving, WallTime now, api::Json& conditions);

}  // namespace ordinal::controllers::statefulset
