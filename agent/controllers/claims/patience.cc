#include "agent/controllers/claims/patience.h"

namespace ordinal::controllers::claims {

void Patience::ClaimCame(const std::string& uid, WallTime now) {
  // Further ahead than it was set: the clock was set back since.
  const bool in_vain = in_vain_until_ && now < *in_vain_until_ && *in_vain_until_ - now <= kInVainFor;
  until_.emplace(uid, in_vain ? now : now + kClassPatience);
}

}  // namespace ordinal::controllers::claims
