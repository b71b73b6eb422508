// What the runtime and the host can do for pods that not every one can. Asked once, when the agent starts.
#pragma once

#include <map>
#include <string>

#include "cri/runtime.h"

namespace ordinal::podsync {

struct RuntimeFeatures {
  std::map<std::string, cri::HandlerFeatures> handlers = {};  ///< by name; "" is the default one
  bool strict_groups = false;                                 ///< supplementalGroupsPolicy: Strict
  bool image_volumes = false, image_sub_paths = false;        ///< volumes that are images; a subPath of them
  std::string runtime = {};                                   ///< "containerd 1.6.20", for what people are told
  bool apparmor = false;                                      ///< the host's kernel has AppArmor switched on

  /// Of one that is not told of: nothing.
  cri::HandlerFeatures Of(const std::string& handler) const {
    const auto found = handlers.find(handler);
    return found == handlers.end() ? cri::HandlerFeatures{} : found->second;
  }
};

/// Of a runtime that says this of itself. No field of CRI says whether it has image volumes: containerd has from 2.1
/// on.
RuntimeFeatures FeaturesOf(const cri::RuntimeStatus& status, const cri::Version& version);

}  // namespace ordinal::podsync
