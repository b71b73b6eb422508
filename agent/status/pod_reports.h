// PodReports: where the node says what it sees of its pods.
#pragma once

#include "agent/api/kinds/pod/view.h"
#include "agent/base/task.h"

namespace ordinal::status {

class PodReports {
 public:
  virtual ~PodReports() = default;

  /// The newest status of a pod. Returns at once; it is written when it can be, and kept written (a write by somebody
  /// else over the node's part is repaired).
  virtual void Set(const api::ObjectKey& key, const std::string& uid, const api::PodStatus& status) = 0;

  /// The node is done with the pod of this uid: its last status is stored, then its object goes. Resumes when the
  /// object is gone, or is another one; however long the store is away.
  virtual Task<void> End(api::ObjectKey key, std::string uid) = 0;
};

}  // namespace ordinal::status
