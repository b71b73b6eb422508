// What a YAML scalar means, by the YAML 1.1 rules that kubectl and the API server follow (sigs.k8s.io/yaml).
#pragma once

#include <string>
#include <string_view>

#include "agent/api/object.h"

namespace ordinal::api {

/// The value of an unquoted scalar: null, boolean, number (decimal, 0x…, 0o…, 0…, 0b…), or string. kInvalid for
/// numbers JSON cannot write (.inf, .nan).
Result<Json> ResolveScalar(const std::string& text);

/// The value of a scalar with an explicit tag (`!!str 8080`); the tag as the full "tag:yaml.org,2002:str".
Result<Json> ResolveTagged(std::string_view tag, const std::string& text);

/// A mapping's key as a JSON member name: 8080 → "8080"; yes, on and y → "true", as kubectl reads them. kInvalid for
/// null.
Result<std::string> ResolveKey(const Json& key);

}  // namespace ordinal::api
