// The network that the runtime gives to pods, made ready. Part of the composition root.
#pragma once

#include <string>

#include "agent/base/blocking_pool.h"
#include "agent/base/clock.h"
#include "agent/network/cni_config.h"
#include "cri/runtime.h"

namespace ordinal {

struct PodNetwork {
  cri::Runtime& runtime;
  Clock& clock;
  BlockingPool& pool;
  std::string conf_dir;          ///< where the runtime reads CNI configuration
  network::CniOptions options;   ///< of ours
  std::string port_chains_note;  ///< Layout::PortChains()
};

/// Writes the CNI configuration, unless somebody else's is there, and returns when the runtime has loaded one.
Task<void> PreparePodNetwork(PodNetwork network);

}  // namespace ordinal
