#include "agent/base/kernel_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "agent/base/fd.h"

namespace ordinal {
namespace {

constexpr size_t kPiece = 4096;

}  // namespace

std::string ReadKernelFile(const std::string& path, size_t most) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  if (!file) return text;
  while (text.size() < most) {
    const size_t had = text.size();
    text.resize(had + kPiece);
    const ssize_t got = ::read(file.get(), text.data() + had, kPiece);
    text.resize(had + static_cast<size_t>(std::max<ssize_t>(0, got)));
    if (got <= 0) break;
  }
  return text;
}

std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string_view TakeWord(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const std::string_view word = line.substr(0, std::min(line.find_first_of(" \t\n"), line.size()));
  line.remove_prefix(word.size());
  return word;
}

std::optional<uint64_t> TakeNumber(std::string_view& line) {
  const std::string_view word = TakeWord(line);
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (word.empty() || error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

std::optional<uint64_t> ReadNumber(const std::string& path) {
  const std::string text = ReadKernelFile(path);
  std::string_view line = text;
  return TakeNumber(line);
}

void EachLine(std::string_view text, const std::function<void(std::string_view)>& look) {
  while (!text.empty()) look(TakeLine(text));
}

std::optional<uint64_t> FieldOf(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    std::string_view line = TakeLine(text);
    if (!line.starts_with(name)) continue;
    line.remove_prefix(name.size());
    if (line.starts_with(':')) line.remove_prefix(1);
    if (!line.starts_with(' ') && !line.starts_with('\t')) continue;
    return TakeNumber(line);
  }
  return std::nullopt;
}

std::optional<uint64_t> BytesOf(std::string_view meminfo, std::string_view name) {
  const auto kibibytes = FieldOf(meminfo, name);
  return kibibytes ? std::optional(*kibibytes * 1024) : std::nullopt;
}

}  // namespace ordinal
