// One pair of functions per volume source, each pair in the file of its source: what to do for it (pure), and
// the doing of what only that source does. docs/checklists/volume-source.md lists the steps for another one.
#pragma once

#include <string>
#include <vector>

#include "volumes/plan.h"

namespace ordinal::volumes {

/// What a source needs to know of its pod.
struct SourceContext {
  const Layout& layout;
  const PodVolumesSpec& pod;
  const VolumeSpec& volume;
  const Found& found;
};

// What a pod's own directories are open to. Kubernetes: pkg/volume/emptydir (0777, a tmpfs has the kernel's 1777),
// which wraps volumes of configuration too, and pkg/volume/volume_linux.go: a group gets rwx, which both have already,
// and setgid.
inline constexpr uint32_t kPodDirectoryMode = 0777;
inline constexpr uint32_t kPodTmpfsMode = 01777;
inline constexpr uint32_t kSetGroupId = 02000;

// empty_dir.cc
std::string RootOf(const SourceContext& context, const EmptyDir& source);
Result<std::vector<SetUpAction>> PlanSource(const SourceContext& context, const EmptyDir& source);
Status Do(const MakeEmptyDir& action);

// host_path.cc
std::string RootOf(const SourceContext& context, const HostPath& source);
Result<std::vector<SetUpAction>> PlanSource(const SourceContext& context, const HostPath& source);
Status Do(const CheckHostPath& action);

// local_directory.cc
std::string RootOf(const SourceContext& context, const LocalDirectory& source);
Result<std::vector<SetUpAction>> PlanSource(const SourceContext& context, const LocalDirectory& source);
Status Do(const CheckLocalDirectory& action);
Status Do(const SetGroup& action);

// config_files.cc
std::string RootOf(const SourceContext& context, const ConfigFiles& source);
Result<std::vector<SetUpAction>> PlanSource(const SourceContext& context, const ConfigFiles& source);
Status Do(const KeepFiles& action);
Status Do(const WriteFiles& action);

/// kInvalid unless `path` is absolute and without "..".
Status CheckHostDirectory(const std::string& path);

}  // namespace ordinal::volumes
