#include "agent/observe/cgroup_ids.h"

#include <algorithm>

namespace ordinal::observe {
namespace {

constexpr size_t kIdLength = 64;

std::string_view IdIn(std::string_view directory) {
  constexpr std::string_view kScope = ".scope";
  if (directory.ends_with(kScope)) {
    directory.remove_suffix(kScope.size());
    directory = directory.substr(directory.rfind('-') + 1);
  }
  const bool id = directory.size() == kIdLength && directory.find_first_not_of("0123456789abcdef") == directory.npos;
  return id ? directory : std::string_view();
}

}  // namespace

std::vector<std::string> ContainersIn(std::string_view path) {
  std::vector<std::string> ids;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view id = IdIn(path.substr(0, end));
    if (!id.empty()) ids.emplace_back(id);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return ids;
}

}  // namespace ordinal::observe
