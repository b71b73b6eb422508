// Documents → JSON text, several times as fast as the library's own writer, which decodes every byte of every string:
// most of the time of a long list, and a good part of a write's, went there. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "agent/api/object.h"

namespace ordinal::api {

/// Appends `value` as text: byte for byte what Json::dump() writes without indentation and AsGoWrites() makes of it
/// (text/go_text.h). What is not UTF-8 becomes U+FFFD, or with Json::error_handler_t::strict is thrown
/// (nlohmann::json::type_error).
void AppendJson(const Json& value, std::string& text, Json::error_handler_t not_utf8 = Json::error_handler_t::replace);
std::string JsonText(const Json& value, Json::error_handler_t not_utf8 = Json::error_handler_t::replace);

/// Appends `string` with its quotes, as AppendJson does.
void AppendJsonString(std::string_view string, std::string& text,
                      Json::error_handler_t not_utf8 = Json::error_handler_t::replace);

}  // namespace ordinal::api
