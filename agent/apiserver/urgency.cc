#include "agent/apiserver/urgency.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "agent/apiserver/auth/users.h"

namespace ordinal::apiserver {
namespace {

constexpr std::array<std::string_view, 3> kHealth = {"healthz", "livez", "readyz"};

}  // namespace

http::Urgency UrgencyOf(const http::Request& request) {
  if (auth::IsMaster(request.user)) return http::Urgency::kExempt;
  const auto& path = request.segments;
  const bool health = !path.empty() && std::find(kHealth.begin(), kHealth.end(), path.front()) != kHealth.end();
  return health ? http::Urgency::kExempt : http::Urgency::kFair;
}

}  // namespace ordinal::apiserver
