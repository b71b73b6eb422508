// Base64 (RFC 4648, section 4): the form of bytes in JSON, as Go's encoding/json writes and reads []byte.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace ordinal::api {

/// With padding, without line breaks.
std::string EncodeBase64(std::string_view bytes);
/// kInvalid for a wrong character, length or padding. Line breaks in the text are skipped, as Go skips them.
Result<std::string> DecodeBase64(std::string_view text);

}  // namespace ordinal::api
