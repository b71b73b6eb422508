// Times of documents as they are written in protobuf. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "agent/base/clock.h"

namespace ordinal::api::protobuf {

/// What RFC 3339 says; nothing when the text does not.
std::optional<WallTime> TimeOf(std::string_view text);

}  // namespace ordinal::api::protobuf
