// The continue token of a list: where the next page starts, and the revision all pages show. Opaque to clients. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/api/object.h"
#include "agent/base/clock.h"
#include "agent/base/result.h"

namespace ordinal::apiserver::rest {

struct PageToken {
  std::optional<uint64_t> revision;  ///< absent: whatever is there when the page is made
  std::string ns, name;              ///< the last item of the page before
  std::optional<WallTime> begun;     ///< when the revision was shown first, in whole seconds
};

/// Whether the list began so long ago that pages of its revision are promised no more: the reference forgets revisions
/// after five minutes at the earliest (apiserver/pkg/storage/storagebackend, DefaultCompactInterval). Never of a token
/// without a revision or a time.
bool IsOld(const PageToken& token, WallTime now);

std::string WriteToken(const PageToken& token);
/// kInvalid, reason BadRequest, for text that is no token.
Result<PageToken> ReadToken(std::string_view text);

}  // namespace ordinal::apiserver::rest
