// The name of the image that the runtime takes for sandboxes. containerd 1.x tells it in Status(verbose); 2.x does not
// (its CRI plugin "images" pins it, [plugins."io.containerd.cri.v1.images".pinned_images] sandbox), and is asked
// otherwise: for its configuration first, and where that cannot be had, by the error of a sandbox without its image.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace ordinal::cri {

/// From the text that `containerd config dump` prints, of 1.x and 2.x. Nothing when it names none.
std::optional<std::string> SandboxImageOfDump(std::string_view toml);

/// From the error of RunPodSandbox when the image is not there and could not be pulled: `… failed to get sandbox image
/// "registry.k8s.io/pause:3.10": …`. Nothing for any other error.
std::optional<std::string> SandboxImageOfError(std::string_view message);

/// Asks the program that listens on `endpoint` (unix:///run/containerd/containerd.sock) for its configuration. Blocks
/// for some ten milliseconds, five seconds at most. An error when the program cannot be found or run, as a runtime in
/// another root may not, or names none.
Result<std::string> SandboxImageOfRuntime(const std::string& endpoint);

}  // namespace ordinal::cri
