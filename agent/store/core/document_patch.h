// DocumentPatch: what turns one document into another, as a small document of its own. Pure.
//
//   [value]              in place of what is there
//   {"a": patch, …}      of an object: members that change; null: the member goes
//   {"0": patch, …}      of a list: items that change, or come behind the last; "n": how many there are then
//
// RFC 6902 says the same in more words, and making it costs more than writing the document out: a path is put together
// for everything that did not change. Here nothing is built for that.
#pragma once

#include <optional>

#include "agent/api/object.h"

namespace ordinal::store {

/// Absent when `to` would be written as `from` is.
std::optional<api::Json> DocumentPatch(const api::Json& from, const api::Json& to);

/// `document` must be what the patch was made from.
void ApplyPatch(const api::Json& patch, api::Json& document);

}  // namespace ordinal::store
