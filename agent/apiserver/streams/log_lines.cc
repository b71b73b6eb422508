#include "agent/apiserver/streams/log_lines.h"

#include <algorithm>

namespace ordinal::apiserver::streams {
namespace {

/// The text up to the next space, which is taken away with it; nothing when there is no space.
std::optional<std::string_view> TakeWord(std::string_view& line) {
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string_view word = line.substr(0, space);
  line.remove_prefix(space + 1);
  return word;
}

}  // namespace

std::optional<LogLine> ParseLogLine(std::string_view line) {
  const auto time = TakeWord(line);
  const auto stream = TakeWord(line);
  if (!time || !stream || (*stream != "stdout" && *stream != "stderr")) return std::nullopt;
  // An empty line may end with its tag.
  const std::string_view tags = TakeWord(line).value_or(line);
  if (tags.data() == line.data()) line = {};
  const std::string_view tag = tags.substr(0, tags.find(':'));
  if (tag != "F" && tag != "P") return std::nullopt;
  return LogLine{*time, *stream == "stderr", tag == "P", line};
}

std::string NineDigits(std::string_view time) {
  const size_t seconds = std::min(time.size(), std::string_view("2006-01-02T15:04:05").size());
  std::string_view rest = time.substr(seconds);
  std::string fraction;
  if (!rest.empty() && rest.front() == '.') {
    const size_t end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
    fraction = rest.substr(1, end - 1);
    rest.remove_prefix(end);
  }
  fraction.resize(9, '0');
  return std::string(time.substr(0, seconds)) + "." + fraction + std::string(rest);
}

bool LogWriter::Wanted(const LogLine& line) const {
  if (options_.source == LogOptions::Source::kStdout && line.is_stderr) return false;
  if (options_.source == LogOptions::Source::kStderr && !line.is_stderr) return false;
  if (!options_.since) return true;
  const Result<WallTime> time = ParseTime(line.time);
  return time.ok() && *time >= *options_.since;
}

void LogWriter::Write(std::string_view text, std::string& out) {
  const std::optional<LogLine> line = ParseLogLine(text);
  if (!line || Full() || !Wanted(*line)) return;
  const size_t before = out.size();
  bool& inside = inside_[line->is_stderr ? 1 : 0];
  if (options_.timestamps && !inside) out += NineDigits(line->time) + " ";
  out += line->text;
  if (!line->partial) out += '\n';
  inside = line->partial;
  Count(before, out);
}

void LogWriter::Note(std::string_view text, std::string& out) {
  if (Full()) return;
  const size_t before = out.size();
  if (inside_[0] || inside_[1]) out += '\n';
  inside_[0] = inside_[1] = false;
  out += text;
  out += '\n';
  Count(before, out);
}

/// What was added since then is sent; no more than may be.
void LogWriter::Count(size_t before, std::string& out) {
  sent_ += static_cast<int64_t>(out.size() - before);
  if (options_.max_bytes && sent_ > *options_.max_bytes) {
    out.resize(out.size() - static_cast<size_t>(sent_ - *options_.max_bytes));
    sent_ = *options_.max_bytes;
  }
}

}  // namespace ordinal::apiserver::streams
