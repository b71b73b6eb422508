// Taints of a node, and which of them a pod tolerates (v1.Toleration, v1.Taint). Pure.
#pragma once

#include <initializer_list>
#include <string_view>

#include "agent/api/object.h"

namespace ordinal::controllers::placement {

/// Whether the toleration covers the taint.
bool Tolerates(const api::Json& toleration, const api::Json& taint);
/// Whether one of spec.tolerations does.
bool ToleratesAny(const api::Json& tolerations, const api::Json& taint);

/// The first taint of one of these effects that no toleration covers; null when there is none. It lives as long as
/// `taints`.
const api::Json* UntoleratedTaint(const api::Json& tolerations, const api::Json& taints,
                                  std::initializer_list<std::string_view> effects);

}  // namespace ordinal::controllers::placement
