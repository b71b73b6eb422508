// ContentStore: containerd's content, images and leases as an import needs them (namespace k8s.io).
//
// Calls are coroutines of the control thread. Errors carry the blob or name they are about; kUnavailable when
// containerd is away.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "cri/grpc/connection.h"
#include "cri/images/image_plan.h"

namespace ordinal::cri {

/// Gives a blob's next bytes, at most about a megabyte; empty at its end.
using NextBytes = std::function<Task<Result<std::string>>()>;

class ContentStore {
 public:
  explicit ContentStore(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}

  /// A lease keeps what is written under it from the garbage collector until it is deleted or `expires`.
  Task<Status> CreateLease(std::string id, WallTime expires);
  /// Without the lease, content that no image reaches is collected. An unknown lease is success.
  Task<Status> DeleteLease(std::string id);

  Task<Result<bool>> Has(std::string digest);
  /// Writes a blob and its labels; one that is there already only gets the labels. containerd checks the digest.
  Task<Status> Write(std::string lease, std::string digest, Blob blob, NextBytes next);
  /// Points a name at a target, making the image record or changing it.
  Task<Status> PutImage(NamedImage image, std::map<std::string, std::string> labels);
  /// Whether the CRI plugin knows the image; it learns of a new record from an event, some milliseconds later.
  Task<Result<bool>> RuntimeSees(std::string name);

 private:
  Task<Status> PutLabels(std::string digest, std::map<std::string, std::string> labels);
  Task<Status> WriteNew(std::shared_ptr<Stream> stream, std::string digest, const Blob& blob, NextBytes next,
                        bool& committed);

  std::shared_ptr<Connection> connection_;
};

}  // namespace ordinal::cri
