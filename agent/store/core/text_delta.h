// TextDelta: a text written as what it takes over from another one, and what it does not. Two documents of one kind are
// mostly the same text; telling so costs a walk over both, a small part of what zlib takes to find it out, and has no
// window that a large document would not fit into. Pure.
//
//   delta     (length, literal, from where, length)*      numbers of seven bits a byte, the lowest first
#pragma once

#include <string>
#include <string_view>

namespace ordinal::store {

std::string TextDelta(std::string_view base, std::string_view text);

/// `base` must be what the delta was made with.
std::string ApplyDelta(std::string_view base, std::string_view delta);

}  // namespace ordinal::store
