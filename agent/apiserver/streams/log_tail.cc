#include "agent/apiserver/streams/log_tail.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <vector>

#include "agent/apiserver/streams/log_lines.h"

namespace ordinal::apiserver::streams {
namespace {

constexpr int64_t kBlock = 64 << 10;
// More than time, stream and tag take.
constexpr size_t kLineHead = 96;

}  // namespace

/// Whether the wanted lines begin behind the one at `line_start`, which is counted otherwise.
Result<bool> LogTail::BeginsBehind(int fd, int64_t line_start) {
  std::array<char, kLineHead> head;
  const ssize_t got = ::pread(fd, head.data(), head.size(), line_start);
  if (got < 0) return ErrnoError("read a container's log", errno);
  std::string_view line(head.data(), static_cast<size_t>(got));
  line = line.substr(0, line.find('\n'));
  const auto parsed = ParseLogLine(line);
  const bool ends_a_line = !parsed || !parsed->partial;
  if (!ends_a_line && seen_ > 0) return false;  // belongs to the line that was counted last
  if (seen_ == wanted_) return true;
  ++seen_;
  return false;
}

Result<std::optional<int64_t>> LogTail::Find(int fd) {
  struct stat file {};
  if (::fstat(fd, &file) != 0) return ErrnoError("look at a container's log", errno);
  std::vector<char> block(kBlock);
  int64_t line_end = -1;  // position of the '\n' that ends the line whose start is looked for
  for (int64_t end = file.st_size; end > 0;) {
    const int64_t begin = std::max<int64_t>(0, end - kBlock);
    const ssize_t got = ::pread(fd, block.data(), static_cast<size_t>(end - begin), begin);
    if (got < 0) return ErrnoError("read a container's log", errno);
    for (int64_t at = begin + got - 1; at >= begin; --at) {
      if (block[static_cast<size_t>(at - begin)] != '\n') continue;
      if (line_end >= 0) {
        TRY(const bool found, BeginsBehind(fd, at + 1));
        if (found) return std::optional<int64_t>(line_end + 1);
      }
      line_end = at;
    }
    end = begin;
  }
  if (line_end < 0) return std::optional<int64_t>();
  TRY(const bool found, BeginsBehind(fd, 0));
  return found ? std::optional<int64_t>(line_end + 1) : std::nullopt;
}

}  // namespace ordinal::apiserver::streams
