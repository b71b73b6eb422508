#include "agent/controllers/claims/patience.h"

namespace ordinal::controllers::claims {

void Patience::ClaimCame(const std::string& uid, WallTime now) {
  const bool in_vain = in_vain_until_ && now < *in_vain_until_;
  until_.emplace(uid, in_vain ? now : now + kClassPatience);
}

}  // namespace ordinal::controllers::claims
