// The keys of work queues: "namespace/name".
#pragma once

#include <string>
#include <utility>

#include "agent/api/object.h"

namespace ordinal::controllers {

inline std::string QueueKey(const std::string& ns, const std::string& name) { return ns + "/" + name; }
inline std::string QueueKey(const api::Object& object) { return QueueKey(object.ns(), object.name()); }

/// Namespace and name of a key; the namespace is empty for cluster-scoped objects ("/pv-a").
inline std::pair<std::string, std::string> SplitQueueKey(const std::string& key) {
  const size_t slash = key.find('/');
  return {key.substr(0, slash), key.substr(slash + 1)};
}

}  // namespace ordinal::controllers
