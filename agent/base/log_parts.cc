#include "agent/base/log_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace ordinal {
namespace {

constexpr size_t kStampSize = std::string_view("20060102-150405").size();

/// FormatTime() without what stands between its numbers.
std::string StampAt(WallTime moment) {
  std::string stamp;
  for (const char c : FormatTime(moment)) {
    if (c >= '0' && c <= '9') stamp += c;
  }
  return stamp.insert(8, 1, '-');
}

/// The moment a stamp names; nothing when it is no stamp, or one beyond what times reach.
std::optional<WallTime> MomentOf(std::string_view stamp) {
  if (stamp.size() != kStampSize) return std::nullopt;
  const Result<WallTime> moment =
      ParseTime(fmt::format("{}-{}-{}T{}:{}:{}Z", stamp.substr(0, 4), stamp.substr(4, 2), stamp.substr(6, 2),
                            stamp.substr(9, 2), stamp.substr(11, 2), stamp.substr(13, 2)));
  if (!moment.ok() || StampAt(*moment) != stamp) return std::nullopt;
  return *moment;
}

bool TakeEnd(std::string_view& text, std::string_view end) {
  if (!text.ends_with(end)) return false;
  text.remove_suffix(end.size());
  return true;
}

}  // namespace

std::optional<LogPartName> ReadLogPart(std::string_view log, std::string_view name) {
  if (!name.starts_with(log) || name.size() <= log.size() || name[log.size()] != '.') return std::nullopt;
  name.remove_prefix(log.size() + 1);
  LogPartName part;
  if (TakeEnd(name, kCompressedLog)) {
    part.form = LogPartName::Form::kCompressed;
  } else if (TakeEnd(name, kLogDraft)) {
    part.form = LogPartName::Form::kDraft;
  }
  if (!MomentOf(name)) return std::nullopt;
  part.stamp = name;
  return part;
}

Result<std::vector<LogPartFile>> LogPartsBeside(const std::string& path) {
  const std::filesystem::path log(path);
  const std::string name = log.filename();
  std::vector<LogPartFile> parts;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(log.parent_path(), error), end; !error && entry != end;
       entry.increment(error)) {
    auto part = ReadLogPart(name, entry->path().filename().string());
    if (part) parts.push_back({entry->path().string(), std::move(*part)});
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return ErrnoError("look for parts of the log " + path, error.value());
  }
  return parts;
}

std::string RotatedLog(std::string_view log, std::string_view stamp) { return fmt::format("{}.{}", log, stamp); }

std::string NextLogStamp(const std::string& newest, WallTime now) {
  const std::optional<WallTime> last = MomentOf(newest);
  return StampAt(last ? std::max(now, *last + std::chrono::seconds(1)) : now);
}

}  // namespace ordinal
