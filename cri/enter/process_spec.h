// ProcessSpec: what a process of a running container is made with, from what the runtime says of the container
// (ContainerStatus with verbose: its pid and its OCI runtime specification).
#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::cri {

struct ResourceLimit {
  uint32_t resource = 0;  ///< RLIMIT_*
  uint64_t soft = 0, hard = 0;
};

struct ProcessSpec {
  pid_t pid = 0;  ///< of the container's first process
  std::string id;
  uint32_t uid = 0, gid = 0;
  std::vector<uint32_t> groups;
  int64_t umask = -1;  ///< -1: not set
  std::vector<std::string> environment;
  std::string directory = "/";
  uint64_t bounding = 0, effective = 0, permitted = 0, inheritable = 0, ambient = 0;  ///< bits by number
  std::vector<ResourceLimit> limits;
  bool no_new_privs = false;
  int32_t oom_score_adj = 0;
  std::string label;  ///< what to write to attr/exec, for AppArmor or SELinux; empty: nothing
  std::vector<sock_filter> seccomp;
};

/// `info` is the value of the key "info" of a verbose answer (containerd 1.6 to 2.x). kNotSupported, with the member,
/// where it asks for what is not known here: then only the runtime can make such a process.
Result<ProcessSpec> ReadProcessSpec(const std::string& info);

}  // namespace ordinal::cri
