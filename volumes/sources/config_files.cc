// configMap, secret, downwardAPI, projected: a directory of the pod with files that the agent writes.
#include <fmt/format.h>

#include <filesystem>

#include "volumes/linux/replace_files.h"
#include "volumes/sources/sources.h"

namespace ordinal::volumes {
namespace {

Status CheckFile(const ConfigFile& file) {
  const std::filesystem::path path(file.path);
  bool inside = path.is_relative() && !file.path.empty() && file.path.find('\0') == std::string::npos;
  for (const auto& part : path) inside = inside && part != ".." && !part.empty() && part != ".";
  // Names that begin so are those of replace_files.h.
  if (inside && !file.path.starts_with("..")) return {};
  return MakeError(ErrorCode::kInvalid, fmt::format("\"{}\" can be no file of a volume: correct the path", file.path));
}

}  // namespace

std::string RootOf(const SourceContext& context, const ConfigFiles& source) {
  return context.layout.ConfigFiles(context.pod.uid, source.plugin, context.volume.name);
}

Result<std::vector<SetUpAction>> PlanSource(const SourceContext& context, const ConfigFiles& source) {
  for (const ConfigFile& file : source.files) TRYV(CheckFile(file));
  const std::string path = RootOf(context, source);
  if (source.missing) return std::vector<SetUpAction>{KeepFiles{path, *source.missing}};
  const std::optional<int64_t>& gid = context.pod.fs_group;
  const uint32_t set_group = gid ? kSetGroupId : 0;
  std::vector<SetUpAction> actions;
  if (!source.memory) {
    actions.push_back(MakeEmptyDir{path, kPodDirectoryMode | set_group, gid});
  } else if (!context.found.mount_points.contains(path)) {
    actions.push_back(MountTmpfs{path, {.size = {}, .mode = kPodTmpfsMode | set_group, .gid = gid}});
  }
  actions.push_back(WriteFiles{path, source.files, gid});
  return actions;
}

Status Do(const KeepFiles& action) { return HasFiles(action.path) ? Status() : Status(action.otherwise); }
Status Do(const WriteFiles& action) { return ReplaceFiles(action.path, action.files, action.gid); }

}  // namespace ordinal::volumes
