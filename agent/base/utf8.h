// UTF-8 as RFC 3629 has it. What is stored is written as JSON, which takes nothing else: text that comes from outside
// (what containers write, what the runtime says, files of the host) is made valid where it enters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ordinal {

/// The offset of the first byte that belongs to no character, or text.size().
size_t FirstBadByte(std::string_view text);

/// What one text of a status or an event may be long, in bytes; longer ones are cut.
inline constexpr size_t kMaxForeignText = 4096;

/// `text` with U+FFFD for every byte that belongs to no character (as encoding/json of Go writes it, which is what
/// Kubernetes stores), and of that the beginning: at most `limit` bytes, ending with a whole character. Control
/// characters and NUL stay; JSON escapes them.
std::string ValidText(std::string_view text, size_t limit = kMaxForeignText);

/// The same of a text of which the end counts. What is left of a character that a tail of a file begins in is dropped.
std::string ValidTail(std::string_view text, size_t limit = kMaxForeignText);

}  // namespace ordinal
