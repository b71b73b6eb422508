#include "agent/api/kinds/pod/claims.h"

#include <algorithm>

namespace ordinal::api {

std::vector<std::string> ClaimsOf(const Json& pod) {
  std::vector<std::string> names;
  const Json& volumes = Member(Member(pod, "spec"), "volumes");
  if (!volumes.is_array()) return names;
  for (const Json& volume : volumes) {
    std::string name = ReadString(Member(volume, "persistentVolumeClaim"), "claimName");
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace ordinal::api
