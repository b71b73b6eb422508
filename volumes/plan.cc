#include "volumes/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "volumes/sources/sources.h"

namespace ordinal::volumes {
namespace {

Error OfVolume(const std::string& volume, Error error) {
  error = std::move(error).With(fmt::format("volume \"{}\"", volume));
  if (error.reason.empty()) error.reason = kFailedMount;
  return error;
}

Error Unknown(const Unsupported& source) {
  return MakeError(
      ErrorCode::kNotSupported,
      fmt::format("source {} is not mounted by this agent: use one that docs/limits.md does not exclude", source.kind));
}

/// The volume's directory on the host.
Result<std::string> Root(const SourceContext& context) {
  return std::visit(
      [&](const auto& source) -> Result<std::string> {
        if constexpr (std::is_same_v<std::decay_t<decltype(source)>, Unsupported>) {
          return Unknown(source);
        } else {
          return RootOf(context, source);
        }
      },
      context.volume.source);
}

Result<std::vector<SetUpAction>> Actions(const SourceContext& context) {
  return std::visit(
      [&](const auto& source) -> Result<std::vector<SetUpAction>> {
        if constexpr (std::is_same_v<std::decay_t<decltype(source)>, Unsupported>) {
          return Unknown(source);
        } else {
          return PlanSource(context, source);
        }
      },
      context.volume.source);
}

const VolumeSpec* Find(const PodVolumesSpec& pod, const std::string& name) {
  const auto found = std::find_if(pod.volumes.begin(), pod.volumes.end(),
                                  [&](const VolumeSpec& volume) { return volume.name == name; });
  return found == pod.volumes.end() ? nullptr : &*found;
}

Status CheckSubPath(const std::string& sub_path) {
  const std::filesystem::path path(sub_path);
  const bool steps_up = std::find(path.begin(), path.end(), "..") != path.end();
  if (!path.is_absolute() && !steps_up && sub_path.find('\0') == std::string::npos) return {};
  return MakeError(ErrorCode::kInvalid, fmt::format("subPath \"{}\" must be relative and without \"..\"", sub_path),
                   kCreateContainerConfigError);
}

Status CheckMount(const PodVolumesSpec& pod, const MountSpec& mount) {
  TRYV(CheckPathComponent("container name", mount.container));
  if (Find(pod, mount.volume) == nullptr) {
    return MakeError(ErrorCode::kInvalid,
                     fmt::format("container \"{}\" mounts it at {}, but the pod has no such volume", mount.container,
                                 mount.mount_path));
  }
  return CheckSubPath(mount.sub_path);
}

Status CheckVolumes(const PodVolumesSpec& pod) {
  std::set<std::string> names;
  for (const VolumeSpec& volume : pod.volumes) {
    TRYV(CheckPathComponent("volume name", volume.name));
    if (!names.insert(volume.name).second) {
      return OfVolume(volume.name, MakeError(ErrorCode::kInvalid, "the pod has two volumes of this name"));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<SetUpStep>> PlanSetUp(const Layout& layout, const PodVolumesSpec& pod, const Found& found) {
  TRYV(CheckPathComponent("pod uid", pod.uid));
  TRYV(CheckVolumes(pod));
  for (const MountSpec& mount : pod.mounts) {
    if (auto checked = CheckMount(pod, mount); !checked.ok()) return OfVolume(mount.volume, checked.error());
  }
  std::vector<SetUpStep> steps;
  for (const VolumeSpec& volume : pod.volumes) {
    auto actions = Actions({layout, pod, volume, found});
    if (!actions.ok()) return OfVolume(volume.name, std::move(actions).error());
    for (SetUpAction& action : *actions) steps.push_back({volume.name, std::move(action)});
  }
  return steps;
}

Result<ContainerPlan> PlanContainer(const Layout& layout, const PodVolumesSpec& pod, const std::string& container) {
  TRYV(CheckPathComponent("pod uid", pod.uid));
  TRYV(CheckVolumes(pod));
  const Found nothing;
  ContainerPlan plan;
  for (const MountSpec& mount : pod.mounts) {
    if (mount.container != container) continue;
    if (auto checked = CheckMount(pod, mount); !checked.ok()) return OfVolume(mount.volume, checked.error());
    const VolumeSpec& volume = *Find(pod, mount.volume);
    auto root = Root({layout, pod, volume, nothing});
    if (!root.ok()) return OfVolume(volume.name, std::move(root).error());
    const bool read_only = mount.read_only || volume.read_only || std::holds_alternative<ConfigFiles>(volume.source);
    ReadyMount ready{mount.mount_path, *root, read_only, mount.propagation};
    if (!mount.sub_path.empty()) {
      ready.host_path = layout.SubPath(pod.uid, volume.name, container, plan.mounts.size());
      plan.bindings.push_back({volume.name, *root, mount.sub_path, ready.host_path});
    }
    plan.mounts.push_back(std::move(ready));
  }
  return plan;
}

Result<std::vector<TearDownAction>> PlanTearDown(const Layout& layout, const std::string& uid,
                                                 const std::vector<std::string>& mount_points) {
  TRYV(CheckPathComponent("pod uid", uid));
  const std::string pod = layout.Pod(uid);
  std::vector<TearDownAction> actions;
  for (auto point = mount_points.rbegin(); point != mount_points.rend(); ++point) {
    // Whatever the list says, nothing outside the pod's own directory is unmounted.
    if (point->starts_with(pod + "/")) actions.push_back(Unmount{*point});
  }
  actions.push_back(RemoveTree{pod});
  return actions;
}

}  // namespace ordinal::volumes
