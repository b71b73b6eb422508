// Bounds of a text, looked at before anything is made of it: what comes from outside can be nested or cut into pieces
// so that reading it takes seconds and hundreds of megabytes. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace ordinal::api {

inline constexpr int kMostDepth = 128;                 ///< objects and lists within each other
inline constexpr int kMostValues = 100'000;            ///< values, after every alias is replaced by what it stands for
inline constexpr size_t kMostBytes = 3 * 1024 * 1024;  ///< of text, as the API server's limit of a request

/// Why a text is refused. `where` is "line 1, column 129" or a path. Reason BadRequest.
Error TooDeep(const std::string& where);
/// Reason RequestEntityTooLarge.
Error TooManyValues(const std::string& where);

/// Looks at JSON text while it arrives, in pieces of any size. It tells no good text from bad: a parser does.
class JsonBounds {
 public:
  /// kInvalid: with the next piece the text is nested deeper than kMostDepth, or has more than kMostValues values. The
  /// message says in which field, and where.
  Status Take(std::string_view piece);

 private:
  /// The rest of a text in quotes, from piece[at]; returns where it ends.
  size_t SkipQuoted(std::string_view piece, size_t at);
  std::string Where(size_t at) const;

  int depth_ = 0, values_ = 0;
  bool quoted_ = false, escaped_ = false;
  bool naming_ = false;  ///< what is in quotes is kept: it may be the name of a field of the document itself
  std::string field_;
  size_t taken_ = 0;  ///< bytes of earlier pieces
  size_t line_ = 1;
  size_t line_start_ = 0;  ///< in bytes of the whole text
};

/// The same for the part of YAML that is like JSON, `[…]` and `{…}`: the YAML reader keeps all of a line of it before
/// it looks at its depth. The depth of everything else it sees by itself.
Status CheckFlowBounds(std::string_view text);

}  // namespace ordinal::api
