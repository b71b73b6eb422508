// UTF-8 as RFC 3629 has it. What is stored is written as JSON, which takes nothing else.
#pragma once

#include <cstddef>
#include <string_view>

namespace ordinal::api {

/// The offset of the first byte that belongs to no character, or text.size().
size_t FirstBadByte(std::string_view text);

}  // namespace ordinal::api
