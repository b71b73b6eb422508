// How the patches of this folder name a thing in a message.
#pragma once

#include <string>
#include <string_view>

namespace ordinal::api {

inline std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

}  // namespace ordinal::api
