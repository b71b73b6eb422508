// Images that need no registry: the one of sandboxes, from the agent itself, and those of the images folder. Part of
// the composition root.
#pragma once

#include <string>

#include "agent/base/blocking_pool.h"
#include "agent/podsync/images.h"
#include "cri/images/importer.h"
#include "cri/images/watch.h"
#include "cri/runtime.h"

namespace ordinal {

/// Makes the built-in sandbox image available under the name that the runtime takes for sandboxes, unless it has one of
/// that name. A runtime that does not tell it is asked for its configuration; where that fails, the image is made when
/// a sandbox misses it (cri/grpc/grpc_runtime.h).
Task<void> PrepareSandboxImage(cri::ImageImporter& importer, BlockingPool& pool, cri::RuntimeStatus status,
                               std::string endpoint);

/// What pods ask of the images folder. A tarball in it is its owner's word: its images are not asked for again in a
/// registry.
podsync::Images::Tarballs TarballsOf(const cri::ImageDirectory& directory);

}  // namespace ordinal
