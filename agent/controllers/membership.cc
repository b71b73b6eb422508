#include "agent/controllers/membership.h"

namespace ordinal::controllers {

Membership MembershipOf(const api::Meta& owner, bool fits, const api::Meta& dependent) {
  const api::OwnerReference* controller = dependent.Controller();
  const bool going = owner.deleting();
  if (controller == nullptr) {
    return fits && !dependent.deleting() && !going ? Membership::kAdopt : Membership::kStranger;
  }
  if (controller->uid != owner.uid) return Membership::kStranger;
  if (fits) return Membership::kOurs;
  return going ? Membership::kStranger : Membership::kRelease;
}

}  // namespace ordinal::controllers
