// emptyDir: a directory of the pod, with medium Memory a tmpfs, or of huge pages a hugetlbfs.
#include <sys/stat.h>

#include <filesystem>

#include "volumes/linux/directories.h"
#include "volumes/sources/sources.h"

namespace ordinal::volumes {
std::string RootOf(const SourceContext& context, const EmptyDir&) {
  return context.layout.EmptyDir(context.pod.uid, context.volume.name);
}

Result<std::vector<SetUpAction>> PlanSource(const SourceContext& context, const EmptyDir& source) {
  const std::string path = RootOf(context, source);
  const uint32_t set_group = context.pod.fs_group ? kSetGroupId : 0;
  if (!source.memory)
    return std::vector<SetUpAction>{MakeEmptyDir{path, kPodDirectoryMode | set_group, context.pod.fs_group}};
  if (context.found.mount_points.contains(path)) return std::vector<SetUpAction>{};
  TmpfsOptions options{.size = {}, .mode = kPodTmpfsMode | set_group, .gid = context.pod.fs_group};
  // tmpfs takes size=0 for "no limit at all".
  if (source.size_limit && *source.size_limit > 0) options.size = source.size_limit;
  options.page_size = source.page_size;
  return std::vector<SetUpAction>{MountTmpfs{path, options}};
}

Status Do(const MakeEmptyDir& action) {
  struct stat info {};
  if (::lstat(action.path.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return {};
    return MakeError(ErrorCode::kFailedPrecondition, action.path + " is in the way and no directory: remove it");
  }
  TRYV(MakeDirectories(std::filesystem::path(action.path).parent_path(), kPrivateDirectory));
  return MakeFinishedDirectory(action.path, action.mode, action.gid);
}

}  // namespace ordinal::volumes
