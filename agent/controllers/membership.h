// Membership: what an object is to an owner that selects its dependents (Kubernetes: pkg/controller,
// controller_ref_manager.go). Pure.
#pragma once

#include "agent/api/object.h"

namespace ordinal::controllers {

enum class Membership {
  kOurs,      ///< the owner is its controller and it fits
  kAdopt,     ///< nobody's, it fits and is not going
  kRelease,   ///< the owner is its controller but it does not fit any more
  kStranger,  ///< anything else; an owner that is being deleted adopts and releases nothing
};

/// `fits` says whether the owner's selector (and what else counts) picks the dependent.
Membership MembershipOf(const api::Meta& owner, bool fits, const api::Meta& dependent);

}  // namespace ordinal::controllers
