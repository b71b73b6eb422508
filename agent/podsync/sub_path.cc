#include "agent/podsync/sub_path.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace ordinal::podsync {
namespace {

/// What is wrong with a path below a volume; empty: nothing.
std::string Fault(const std::string& path) {
  const std::filesystem::path parts(path);
  if (parts.is_absolute()) return "must not be an absolute path";
  if (std::find(parts.begin(), parts.end(), "..") != parts.end()) return "must not contain '..'";
  if (path.find('`') != std::string::npos) return "must not contain backticks";
  if (path.find('\0') != std::string::npos) return "must not contain NUL";
  return {};
}

}  // namespace

Result<std::string> SubPathOf(const api::Container& container, const api::VolumeMount& mount, const Environment& env) {
  std::string path = mount.sub_path, fault;
  if (!mount.sub_path_expr.empty()) {
    std::vector<std::string> missing;
    path = Expand(mount.sub_path_expr, env, &missing);
    if (!missing.empty()) fault = fmt::format("missing value for {}", fmt::join(missing, ", "));
  }
  if (fault.empty()) fault = Fault(path);
  if (fault.empty()) return path;
  const std::string wrong = mount.sub_path_expr.empty()
                                ? fmt::format("subPath \"{}\"", path)
                                : fmt::format("subPathExpr \"{}\", which becomes \"{}\"", mount.sub_path_expr, path);
  return MakeError(ErrorCode::kInvalid,
                   fmt::format("container \"{}\", volumeMount \"{}\" at {}: {}: {}", container.name, mount.name,
                               mount.mount_path, wrong, fault),
                   "CreateContainerConfigError");
}

}  // namespace ordinal::podsync
