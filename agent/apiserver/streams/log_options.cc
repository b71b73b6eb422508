#include "agent/apiserver/streams/log_options.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

#include "agent/api/faults.h"
#include "agent/apiserver/streams/answers.h"

namespace ordinal::apiserver::streams {
namespace {

constexpr char kKind[] = "PodLogOptions";

/// Absent and empty are nothing.
Result<std::optional<int64_t>> ReadNumber(const http::Request& request, std::string_view name) {
  const std::string_view text = request.Query(name);
  if (text.empty()) return std::optional<int64_t>();
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return MakeError(ErrorCode::kInvalid, fmt::format("{}: \"{}\" is not a whole number of 64 bits", name, text));
  }
  return std::optional<int64_t>(number);
}

Result<std::optional<WallTime>> ReadSinceTime(const http::Request& request) {
  const std::string_view text = request.Query("sinceTime");
  if (text.empty()) return std::optional<WallTime>();
  TRY(const WallTime time, ParseTime(text));
  return std::optional<WallTime>(time);
}

void ReadSource(const http::Request& request, LogOptions& options, api::Faults& faults) {
  const std::string text(request.Query("stream"));
  faults.OneOf(api::Path("stream"), text, {"All", "Stderr", "Stdout"});
  if (text == "Stdout") options.source = LogOptions::Source::kStdout;
  if (text == "Stderr") options.source = LogOptions::Source::kStderr;
  if (options.source != LogOptions::Source::kAll && options.tail) {
    faults.Forbidden(api::Path(), "tailLines may not be used together with one stream");
  }
}

/// sinceSeconds reaches back before the epoch when it is large; then it is no limit.
std::optional<WallTime> Before(WallTime now, int64_t seconds) {
  const auto age = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  if (seconds >= age.count()) return std::nullopt;
  return now - std::chrono::seconds(seconds);
}

}  // namespace

bool QueryFlag(const http::Request& request, std::string_view name) {
  if (!request.HasQuery(name)) return false;
  std::string text(request.Query(name));
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text != "false" && text != "0";
}

std::variant<LogOptions, http::Response> ReadLogOptions(const http::Request& request, const std::string& pod,
                                                        WallTime now) {
  const auto tail = ReadNumber(request, "tailLines");
  const auto limit = ReadNumber(request, "limitBytes");
  const auto seconds = ReadNumber(request, "sinceSeconds");
  const auto time = ReadSinceTime(request);
  for (const auto* number : {&tail, &limit, &seconds}) {
    if (!number->ok()) return BadRequest(number->error().message);
  }
  if (!time.ok()) return BadRequest("sinceTime: " + time.error().message);

  LogOptions options;
  options.container = request.Query("container");
  options.follow = QueryFlag(request, "follow");
  options.previous = QueryFlag(request, "previous");
  options.timestamps = QueryFlag(request, "timestamps");
  options.tail = *tail;
  options.max_bytes = *limit;
  options.since = *time;

  std::vector<api::FieldError> errors;
  api::Faults faults(errors);
  if (*tail) faults.NotNegative(api::Path("tailLines"), **tail);
  if (*limit && **limit < 1) faults.Invalid(api::Path("limitBytes"), **limit, "must be greater than 0");
  if (*seconds && *time) {
    faults.Forbidden(api::Path(), "only one of sinceTime and sinceSeconds may be used");
  } else if (*seconds) {
    if (**seconds < 1) faults.Invalid(api::Path("sinceSeconds"), **seconds, "must be greater than 0");
    options.since = Before(now, **seconds);
  }
  ReadSource(request, options, faults);
  if (!errors.empty()) return Invalid(kKind, pod, errors);
  return options;
}

}  // namespace ordinal::apiserver::streams
