// Names of images, as people write them and as containerd stores them.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace ordinal::cri {

/// The full form of a reference: "luksa/kubia-pet" → "docker.io/luksa/kubia-pet:latest",
/// "busybox@sha256:…" → "docker.io/library/busybox@sha256:…". Grammar and defaults are those of
/// github.com/distribution/reference (ParseNormalizedNamed, TagNameOnly) as in containerd 1.6, where a registry is told
/// by a dot, a port or "localhost". Anything else is kInvalid with the reason InvalidImageName.
Result<std::string> NormalizeReference(std::string_view text);

/// A full form without tag and digest: "docker.io/luksa/kubia-pet:latest" → "docker.io/luksa/kubia-pet".
std::string RepositoryOf(std::string_view normalized);

}  // namespace ordinal::cri
