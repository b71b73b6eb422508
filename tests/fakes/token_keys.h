// A key that signs service account tokens, made once for all tests of a process.
#pragma once

#include <vector>

#include "agent/tokens/jwt.h"

namespace ordinal::fakes {

inline std::vector<tokens::SigningKey> TokenKeys(WallTime made = {}) {
  static const std::string kPem = *tokens::MakePrivateKey();
  return {*tokens::ReadSigningKey(kPem, made)};
}

}  // namespace ordinal::fakes
