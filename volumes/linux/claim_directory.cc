#include "volumes/claim_directory.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "volumes/linux/directories.h"

namespace ordinal::volumes {
namespace {

constexpr size_t kShortUid = 8;
constexpr int kMakeAttempts = 3;  // the namespace's directory may go with its last claim in between

/// A volume shows it, or something in it.
bool Shown(const std::string& path, const std::vector<std::string>& taken) {
  return std::any_of(taken.begin(), taken.end(),
                     [&](const std::string& other) { return other == path || other.starts_with(path + "/"); });
}

/// Nothing is there, or an empty directory.
Result<bool> Free(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return true;
    return ErrnoError("look at " + path, errno);
  }
  if (!S_ISDIR(info.st_mode)) return false;
  std::error_code error;
  const bool empty = std::filesystem::is_empty(path, error);
  if (error) return ErrnoError("read " + path, error.value());
  return empty;
}

Status Make(const std::string& path) {
  Status made;
  for (int attempt = 0; attempt < kMakeAttempts; ++attempt) {
    made = MakeVolumeDirectory(path);
    if (made.ok() || made.error().code != ErrorCode::kNotFound) break;
  }
  return made;
}

}  // namespace

Result<ClaimDirectory> MakeClaimDirectory(const Layout& layout, const std::string& ns, const std::string& claim,
                                          const std::string& uid, const std::vector<std::string>& taken) {
  TRY(const std::string wanted, layout.Claim(ns, claim));
  for (const std::string& name : {claim, claim + "-" + uid.substr(0, kShortUid), claim + "-" + uid}) {
    TRY(std::string path, layout.Claim(ns, name));
    if (Shown(path, taken)) continue;
    TRY(const bool free, Free(path));
    if (!free) continue;
    TRYV(Make(path));
    return ClaimDirectory{path, path == wanted ? "" : wanted};
  }
  return MakeError(ErrorCode::kAlreadyExists,
                   fmt::format("{} and all directories that could stand in for it hold data: move it away", wanted));
}

}  // namespace ordinal::volumes
