// Whether an object goes because its owners did. Pure.
#pragma once

#include <functional>
#include <string>

#include "agent/api/object.h"

namespace ordinal::controllers::ownership {

/// What is known of an owner.
enum class OwnerState {
  kPresent,  ///< an object of that kind, name and uid exists
  kAbsent,   ///< there is none
  kUnknown,  ///< its kind is not watched here
};
using FindOwner = std::function<OwnerState(const std::string& ns, const api::OwnerReference& owner)>;

/// True when the object has owners and every one of them is absent. An object without owners never goes, one with an
/// unknown owner stays, and one that is being deleted already needs no second push.
bool Orphaned(const api::Meta& dependent, const FindOwner& find_owner);

}  // namespace ordinal::controllers::ownership
