// Never two ordinals of one set at once: after one was evicted the others stay until its successor is ready, or the set
// has no such ordinal any more. What a new agent does not remember it reads off the pods: an ordinal that is not placed
// or was evicted is one that is away. Control thread.
#pragma once

#include <map>
#include <string>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/kinds/stateful_set/view.h"
#include "agent/objects/cache.h"

namespace ordinal::node {

class OneOfASet {
 public:
  OneOfASet(const objects::Cache<api::Pod>& pods, const objects::Cache<api::StatefulSet>& sets)
      : pods_(pods), sets_(sets) {}

  /// Whether nobody else of its set is away. True for pods of no set.
  bool MayGo(const api::Pod& pod);
  /// The pod is being evicted.
  void Goes(const api::Pod& pod);

 private:
  struct Away {
    std::string ns, pod, uid;
  };
  void ReadOff();
  bool IsBack(const Away& away) const;

  const objects::Cache<api::Pod>& pods_;
  const objects::Cache<api::StatefulSet>& sets_;
  std::map<std::string, Away> away_;  ///< by the set's uid
  bool read_off_ = false;
};

}  // namespace ordinal::node
