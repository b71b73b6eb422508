// Image tarballs → containerd, so that pods start without a registry.
//
//   file ── pass 1: index and check everything ──> plan
//    └───── pass 2: stream what containerd lacks ─> content (under a lease) ─> image records ─> lease given back
//
// Until the last step nothing is visible; after a failure the lease is given back and containerd collects the rest.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/base/blocking_pool.h"
#include "agent/base/clock.h"
#include "agent/base/random.h"
#include "cri/images/content_store.h"

namespace ordinal::cri {

/// What the directory watcher needs of an importer.
class TarballImporter {
 public:
  virtual ~TarballImporter() = default;
  /// Imports every image in the tarball and returns their normalised names, which the runtime knows by then.
  /// Errors begin with the path. kInvalid: the file is at fault, and will be again; kUnavailable: try again later.
  virtual Task<Result<std::vector<std::string>>> ImportFile(std::string path) = 0;
  /// Whether the runtime has an image of this normalised name.
  virtual Task<Result<bool>> Has(std::string name) = 0;
};

class ImageImporter final : public TarballImporter {
 public:
  ImageImporter(std::shared_ptr<Connection> connection, BlockingPool& pool, Clock& clock, Random& random);

  Task<Result<std::vector<std::string>>> ImportFile(std::string path) override;
  Task<Result<bool>> Has(std::string name) override { return store_.RuntimeSees(std::move(name)); }
  /// Makes the built-in sandbox image available as `name` (RuntimeStatus::sandbox_image), unless there is an image of
  /// that name already.
  Task<Status> ImportPause(std::string name);

 private:
  Task<Status> Import(std::string path, ImagePlan plan, std::map<std::string, std::string> labels);
  Task<Status> WriteBlobs(std::string path, std::string lease, const ImagePlan& plan);
  Task<Status> WriteFromFile(std::string path, std::string lease, const ImagePlan& plan,
                             std::map<std::string, std::string> missing);
  Task<Status> AwaitVisible(std::string name);

  ContentStore store_;
  BlockingPool& pool_;
  Clock& clock_;
  Random& random_;
};

}  // namespace ordinal::cri
