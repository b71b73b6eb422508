// The environment of a container. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/api/pod.h"

namespace ordinal::podsync {

using Environment = std::vector<std::pair<std::string, std::string>>;

/// What a container's environment is made from besides its own spec.
struct EnvFacts {
  std::vector<std::string> pod_ips, host_ips;
  int64_t memory_capacity = 0;  ///< bytes
  int64_t cpu_capacity_milli = 0;
};

/// Replaces $(NAME) by the value of NAME; $$ is a literal $; an unknown name stays as it is.
std::string Expand(std::string_view text, const Environment& values);

/// metadata.name, metadata.labels['x'], spec.nodeName, status.podIP, …; kInvalid for anything else.
Result<std::string> FieldValue(const api::Pod& pod, const std::string& path, const EnvFacts& facts);

/// spec.containers[].env in order, references to earlier entries expanded.
/// Errors carry the reason CreateContainerConfigError and name the variable.
Result<Environment> BuildEnv(const api::Pod& pod, const api::Container& container, const EnvFacts& facts);

}  // namespace ordinal::podsync
