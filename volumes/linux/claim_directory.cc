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

enum class Content { kNone, kData, kNoDirectory };

/// kNone: nothing is there, or an empty directory.
Result<Content> Look(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return Content::kNone;
    return ErrnoError("look at " + path, errno);
  }
  if (!S_ISDIR(info.st_mode)) return Content::kNoDirectory;
  std::error_code error;
  const bool empty = std::filesystem::is_empty(path, error);
  if (error) return ErrnoError("read " + path, error.value());
  return empty ? Content::kNone : Content::kData;
}

Status Make(const std::string& path) {
  Status made;
  for (int attempt = 0; attempt < kMakeAttempts; ++attempt) {
    made = MakeVolumeDirectory(path);
    if (made.ok() || made.error().code != ErrorCode::kNotFound) break;
  }
  return made;
}

/// The first that is empty or not there of the directories that stand in for the one of the claim's name.
Result<std::string> StandIn(const Layout& layout, const std::string& ns, const std::string& claim,
                            const std::string& uid, const std::vector<std::string>& taken) {
  for (const std::string& name : {claim + "-" + uid.substr(0, kShortUid), claim + "-" + uid}) {
    TRY(std::string path, layout.Claim(ns, name));
    if (Shown(path, taken)) continue;
    TRY(const Content content, Look(path));
    if (content == Content::kNone) return path;
  }
  TRY(const std::string wanted, layout.Claim(ns, claim));
  return MakeError(ErrorCode::kAlreadyExists,
                   fmt::format("{} and all directories that could stand in for it hold data: move it away", wanted));
}

}  // namespace

Result<ClaimDirectory> MakeClaimDirectory(const Layout& layout, const std::string& ns, const std::string& claim,
                                          const std::string& uid, const std::vector<std::string>& taken,
                                          FoundData found) {
  TRY(const std::string wanted, layout.Claim(ns, claim));
  const bool shown = Shown(wanted, taken);
  TRY(const Content content, Look(wanted));
  if (found == FoundData::kAdopt && (shown || content == Content::kNoDirectory)) {
    return MakeError(ErrorCode::kFailedPrecondition,
                     fmt::format("{} cannot be taken over: {}", wanted,
                                 shown ? "a PersistentVolume shows it" : "it is not a directory"));
  }
  if (!shown && content == Content::kData && found == FoundData::kAdopt) return ClaimDirectory{wanted, "", true};
  if (!shown && content == Content::kNone) {
    TRYV(Make(wanted));
    return ClaimDirectory{wanted, "", false};
  }
  TRY(std::string beside, StandIn(layout, ns, claim, uid, taken));
  if (!shown && content == Content::kData && found == FoundData::kAsk) {
    return MakeError(ErrorCode::kFailedPrecondition,
                     fmt::format("{} holds data and no PersistentVolume shows it; an empty directory for this claim "
                                 "would be {}",
                                 wanted, beside),
                     kDataFound);
  }
  TRYV(Make(beside));
  return ClaimDirectory{std::move(beside), wanted, false};
}

}  // namespace ordinal::volumes
