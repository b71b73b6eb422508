// Times of documents as they are written in protobuf. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ordinal::api::protobuf {

/// google.protobuf.Timestamp: of the years 1 to 9999, most of which are beyond a WallTime.
struct Moment {
  int64_t seconds = 0;  ///< since 1970
  int32_t nanos = 0;    ///< from 0 on, below a second
};

/// What RFC 3339 says; nothing when the text does not.
std::optional<Moment> MomentOf(std::string_view text);

/// RFC 3339 in UTC, with microseconds if `micro`; nothing beyond the years.
std::optional<std::string> TextOf(const Moment& moment, bool micro);

}  // namespace ordinal::api::protobuf
