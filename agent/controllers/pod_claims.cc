#include "agent/controllers/pod_claims.h"

#include <algorithm>

namespace ordinal::controllers {

std::vector<std::string> ClaimsOf(const api::Json& pod) {
  std::vector<std::string> names;
  const api::Json& volumes = api::Member(api::Member(pod, "spec"), "volumes");
  if (!volumes.is_array()) return names;
  for (const api::Json& volume : volumes) {
    std::string name = api::ReadString(api::Member(volume, "persistentVolumeClaim"), "claimName");
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace ordinal::controllers
