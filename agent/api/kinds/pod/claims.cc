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

bool NamesClaim(const Object& pod, const std::string& claim) {
  if (!pod.MayContain(claim)) return false;  // every name that ClaimsOf gives stands in the document
  const std::vector<std::string> claims = ClaimsOf(pod.body());
  return std::find(claims.begin(), claims.end(), claim) != claims.end();
}

}  // namespace ordinal::api
