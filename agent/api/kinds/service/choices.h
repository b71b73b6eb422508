// What a service's type rules out (registry/core/service/strategy.go, dropTypeDependentFields).
#pragma once

#include "agent/api/patch/choices.h"

namespace ordinal::api {

/// Of a ServiceSpec: addresses, node ports and policies that its new type does not have.
extern const ChoiceRule kServiceChoices;

}  // namespace ordinal::api
