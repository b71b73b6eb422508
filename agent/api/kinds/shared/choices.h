// Choices that types of several kinds have.
#pragma once

#include "agent/api/patch/choices.h"

namespace ordinal::api {

/// Of an update strategy: rollingUpdate, when the type is another one now.
extern const ChoiceRule kStrategyChoices;

}  // namespace ordinal::api
