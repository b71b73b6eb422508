// The directory behind a persistent volume. Created when asked to, given to the pod's group, outliving the pod.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "agent/base/fd.h"
#include "volumes/linux/directories.h"
#include "volumes/linux/ownership.h"
#include "volumes/sources/sources.h"

namespace ordinal::volumes {
namespace {

bool HasParentStep(const std::string& path) {
  for (const auto& part : std::filesystem::path(path)) {
    if (part == "..") return true;
  }
  return false;
}

}  // namespace

Status CheckHostDirectory(const std::string& path) {
  if (!path.empty() && path.front() == '/' && path.find('\0') == std::string::npos && !HasParentStep(path)) return {};
  return MakeError(ErrorCode::kInvalid,
                   fmt::format("path \"{}\" must be absolute and without \"..\": correct it in the volume", path));
}

std::string RootOf(const SourceContext&, const LocalDirectory& source) { return source.path; }

Result<std::vector<SetUpAction>> PlanSource(const SourceContext& context, const LocalDirectory& source) {
  TRYV(CheckHostDirectory(source.path));
  std::vector<SetUpAction> actions{CheckLocalDirectory{source.path, source.create}};
  const bool owned = context.found.owned.contains(context.volume.name);
  if (context.pod.fs_group && source.fs_group && !context.volume.read_only && !owned) {
    actions.push_back(SetGroup{source.path, *context.pod.fs_group, context.pod.fs_group_policy,
                               context.layout.OwnedMarker(context.pod.uid, context.volume.name)});
  }
  return actions;
}

Status Do(const CheckLocalDirectory& action) {
  struct stat info {};
  if (::stat(action.path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return {};
    return MakeError(ErrorCode::kFailedPrecondition,
                     fmt::format("{} is not a directory: correct the path of the PersistentVolume", action.path));
  }
  if (errno != ENOENT) return ErrnoError("look at " + action.path, errno);
  if (!action.create) {
    return MakeError(ErrorCode::kNotFound,
                     fmt::format("directory {} does not exist: create it (or mount its disk), or correct the path of "
                                 "the PersistentVolume",
                                 action.path));
  }
  return MakeVolumeDirectory(action.path);
}

Status Do(const SetGroup& action) {
  TRYV(GiveTreeToGroup(action.path, static_cast<gid_t>(action.gid), action.policy));
  TRYV(MakeDirectories(std::filesystem::path(action.marker).parent_path(), kPrivateDirectory));
  const Fd marker(::open(action.marker.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!marker) return ErrnoError("create " + action.marker, errno);
  return {};
}

}  // namespace ordinal::volumes
