// The keys that sign tokens, on disk: <directory>/<seconds since 1970>.key, mode 0600. The newest signs; older ones are
// kept for as long as a token that they signed can live. Blocking.
#pragma once

#include <string>
#include <vector>

#include "agent/tokens/jwt.h"

namespace ordinal::tokens {

/// A key signs for so long, then a new one is made.
inline constexpr std::chrono::hours kKeySigns{24 * 365};
/// No token lives longer.
inline constexpr std::chrono::hours kLongestToken{24 * 365};

/// Newest first, never empty: makes a key when there is none, or none that may still sign; removes those that nothing
/// alive was signed with. A file that is no key is kInvalid and named: without it live tokens would be refused.
Result<std::vector<SigningKey>> EnsureKeys(const std::string& directory, WallTime now);

}  // namespace ordinal::tokens
