// Documents → JSON text, several times as fast as the library's own writer, which decodes every byte of every string:
// most of the time of a long list went there. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "agent/api/object.h"

namespace ordinal::apiserver::rest {

/// Appends `value` as text: byte for byte what Json::dump() writes without indentation and AsGoWrites() makes of it
/// (api/text/go_text.h), with U+FFFD for what is not UTF-8.
void AppendJson(const api::Json& value, std::string& text);
std::string JsonText(const api::Json& value);

/// Appends `string` with its quotes, as AppendJson does.
void AppendJsonString(std::string_view string, std::string& text);

}  // namespace ordinal::apiserver::rest
