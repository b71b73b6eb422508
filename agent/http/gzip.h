// Compressed bodies: Kubernetes compresses answers of 128 KiB and more for clients that take them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "agent/base/result.h"

namespace ordinal::http {

inline constexpr size_t kGzipFrom = 128 * 1024;  ///< bytes of a body from which it is worth the work

/// Whether an Accept-Encoding header lists gzip, and not with a weight of zero.
bool AcceptsGzip(std::string_view accept_encoding);

/// `text` in gzip format, at the fastest level.
Result<std::string> Gzip(std::string_view text);

}  // namespace ordinal::http
