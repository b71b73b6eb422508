#include "agent/base/mountinfo.h"

#include <optional>

#include "agent/base/kernel_file.h"

namespace ordinal {
namespace {

constexpr size_t kDeviceField = 2, kMountPointField = 4;  // id, parent id, major:minor, root, mount point

std::optional<std::string_view> Field(std::string_view line, size_t index) {
  for (; index > 0; --index) {
    const size_t space = line.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    line.remove_prefix(space + 1);
  }
  return line.substr(0, line.find(' '));
}

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

/// The kernel writes space, tab, newline and backslash as \ooo.
std::string Unescape(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && IsOctal(text[i + 1]) && IsOctal(text[i + 2]) &&
        IsOctal(text[i + 3])) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

}  // namespace

std::vector<std::string> MountPointsUnder(std::string_view mountinfo, std::string_view under) {
  std::vector<std::string> found;
  while (!mountinfo.empty()) {
    const auto field = Field(TakeLine(mountinfo), kMountPointField);
    if (!field) continue;
    std::string point = Unescape(*field);
    const bool below = point.starts_with(under) && (point.size() == under.size() || point[under.size()] == '/');
    if (below) found.push_back(std::move(point));
  }
  return found;
}

MountedDevices::MountedDevices(std::string_view mountinfo) {
  while (!mountinfo.empty()) {
    const std::string_view line = TakeLine(mountinfo);
    const auto device = Field(line, kDeviceField), point = Field(line, kMountPointField);
    if (point) by_point_[Unescape(*point)] = std::string(*device);
  }
}

std::string MountedDevices::Of(std::string path) const {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  while (!path.empty()) {
    const auto found = by_point_.find(path);
    if (found != by_point_.end()) return found->second;
    path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
  }
  const auto root = by_point_.find("/");
  return root == by_point_.end() ? std::string() : root->second;
}

}  // namespace ordinal
