// The last guard before a document is stored: what a part of the agent made of something foreign is valid text.
#pragma once

#include <string>
#include <vector>

#include "agent/api/object.h"

namespace ordinal::api {

/// Makes every text and every name of a field in `document` valid (base/utf8.h); returns the paths of those that were
/// not ("containerStatuses[0].state.waiting.message"), none as a rule.
std::vector<std::string> MakeValid(Json& document);

}  // namespace ordinal::api
