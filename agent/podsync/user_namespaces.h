// User namespaces of pods (hostUsers: false): each has 65536 ids of the host, from 65536 on, that no other pod has.
// Which ones stands in a file in the pod's directory, so that an agent that comes later goes on with it, and they are
// free again when that directory goes (Kubernetes: pkg/kubelet/userns).
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "agent/base/layout.h"
#include "agent/base/result.h"
#include "cri/runtime.h"

namespace ordinal::podsync {

class UserNamespaces {
 public:
  static constexpr uint32_t kIds = 65536;

  /// The pod's ids: those it has, or else the lowest that are free, which are on disk when this returns. The directory
  /// of the pod is there. Blocks; on any thread. kInternal when a file, of this pod or of another one, says something
  /// else than ids, or none are free; the system's error when one cannot be read: its ids are somebody's.
  Result<cri::IdRange> Claim(const Layout& layout, const std::string& uid);

 private:
  std::mutex mutex_;  // of two that look for free ids at once each must see what the other took
};

}  // namespace ordinal::podsync
