// Files of variables that one container writes for others (core/v1 FileKeySelector, KEP-3721). Pure.
#pragma once

#include <string_view>

#include "agent/api/object.h"
#include "agent/base/result.h"

namespace ordinal::podsync {

/// The largest file that is read, in bytes.
inline constexpr size_t kLargestEnvFile = 64 * 1024;

/// The variables of a file, in the form of Kubernetes 1.35: NAME='value', nothing beside it but blanks, comment lines
/// that begin with #, and blank lines. What is between the quotes is taken as it is, over several lines too, as a POSIX
/// shell takes it. Of two of one name the last one counts, as there. kInvalid names the line that is of another form,
/// never its content.
Result<api::StringMap> ParseEnvFile(std::string_view text);

}  // namespace ordinal::podsync
