// The query of GET …/pods/<name>/log (core/v1 PodLogOptions). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "agent/base/clock.h"
#include "agent/http/message.h"

namespace ordinal::apiserver::streams {

struct LogOptions {
  enum class Source { kAll, kStdout, kStderr };
  std::string container;
  bool follow = false, previous = false, timestamps = false;
  std::optional<WallTime> since;     ///< of sinceTime, or sinceSeconds before now
  std::optional<int64_t> tail;       ///< lines from the end
  std::optional<int64_t> max_bytes;  ///< limitBytes, of what is sent
  Source source = Source::kAll;      ///< stream: "All", "Stdout", "Stderr"
};

/// The options, or the answer to a query that breaks a rule: 400 for what cannot be read, 422 (kind PodLogOptions) for
/// values that must not be.
std::variant<LogOptions, http::Response> ReadLogOptions(const http::Request& request, const std::string& pod,
                                                        WallTime now);

/// A boolean of a query as the reference reads it: absent, "false" and "0" are false, everything else is true.
bool QueryFlag(const http::Request& request, std::string_view name);

}  // namespace ordinal::apiserver::streams
