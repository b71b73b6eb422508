// Images that need no registry: the one of sandboxes, from the agent itself, and those of the images folder. Part of
// the composition root.
#pragma once

#include <string>

#include "agent/app/config.h"
#include "agent/base/blocking_pool.h"
#include "agent/node/image_plan.h"
#include "agent/objects/cache.h"
#include "agent/podsync/images.h"
#include "cri/images/importer.h"
#include "cri/images/watch.h"
#include "cri/runtime.h"

namespace ordinal {

class HostRuntime;

/// Makes the built-in sandbox image available under the name that the runtime takes for sandboxes, unless it has one of
/// that name. A runtime that does not tell it is asked for its configuration; where that fails, the image is made when
/// a sandbox misses it (cri/grpc/grpc_runtime.h). Returns the name; empty when it is not known.
Task<std::string> PrepareSandboxImage(cri::ImageImporter& importer, BlockingPool& pool, cri::RuntimeStatus status,
                                      std::string endpoint);

/// What pods ask of the images folder. A tarball in it is its owner's word: its images are not asked for again in a
/// registry.
podsync::Images::Tarballs TarballsOf(cri::ImageDirectory& directory);

/// What may not be collected although it was pulled: what the images folder has or may still bring, the sandboxes'
/// image, and what pods of this node name that are not over.
node::NamesInUse NamesInUse(const HostRuntime& runtime, const objects::Cache<api::Pod>& pods,
                            const std::string& node_name);

/// As the configuration says.
node::CollectionPolicy CollectionPolicyOf(const Config& config);

/// The file system that `path` is on. Blocks.
Result<node::DiskUse> DiskUseAt(const std::string& path);

}  // namespace ordinal
