// The formats of strings that schemas name (kubernetes/kube-openapi, pkg/validation/strfmt). Pure.
#pragma once

#include <string_view>

namespace ordinal::api::custom {

/// False where the text is not of that format. One that is not known here is not looked at, as in the reference.
bool HasFormat(std::string_view format, std::string_view text);

}  // namespace ordinal::api::custom
