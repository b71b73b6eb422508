#include "agent/podsync/volume_specs.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "agent/podsync/config_volumes.h"
#include "agent/podsync/sub_path.h"

namespace ordinal::podsync {
namespace {

using volumes::VolumeSpec;
using Source = decltype(VolumeSpec::source);

Error NotYet(const std::string& message) { return MakeError(ErrorCode::kFailedPrecondition, message, "FailedMount"); }

/// What the pod may use in memory at most, or nothing when one of its containers has no limit.
std::optional<int64_t> MemoryLimit(const api::PodSpec& spec) {
  int64_t total = 0;
  for (const api::Container& container : spec.containers) {
    const auto limit = container.limits.find("memory");
    if (limit == container.limits.end()) return std::nullopt;
    total += limit->second.Value();
  }
  return total;
}

/// "HugePages-2Mi" is of that size; "HugePages" of the one that the pod or its containers ask for. 0 for another
/// medium.
int64_t PageSizeOf(const api::PodSpec& spec, const std::string& medium) {
  constexpr std::string_view kMedium = "HugePages", kResource = "hugepages-";
  if (!medium.starts_with(kMedium)) return 0;
  std::string size = medium.size() > kMedium.size() + 1 ? medium.substr(kMedium.size() + 1) : std::string();
  const auto look = [&size, kResource](const api::ResourceList& requests) {
    for (const auto& [name, amount] : requests) {
      if (size.empty() && name.starts_with(kResource)) size = name.substr(kResource.size());
    }
  };
  look(spec.requests);
  for (const auto* list : {&spec.containers, &spec.init_containers}) {
    for (const api::Container& container : *list) look(container.requests);
  }
  const auto bytes = api::Quantity::Parse(size);
  return bytes.ok() ? bytes->Value() : 0;
}

/// A tmpfs is charged to the pod's memory: it is never larger than the pod may become (the kubelet's rule).
volumes::EmptyDir ToEmptyDir(const api::Pod& pod, const api::Json& spec) {
  volumes::EmptyDir out;
  const std::string medium = api::ReadString(spec, "medium");
  out.page_size = PageSizeOf(pod.spec, medium);
  out.memory = medium == "Memory" || out.page_size > 0;
  const api::Json& limit = api::Member(spec, "sizeLimit");
  if (!limit.is_null()) {
    const auto parsed = api::Quantity::Parse(limit.is_string() ? limit.get<std::string>() : limit.dump());
    if (parsed && parsed->Value() > 0) out.size_limit = parsed->Value();
  }
  const std::optional<int64_t> memory = medium == "Memory" ? MemoryLimit(pod.spec) : std::nullopt;
  if (memory) out.size_limit = std::min(out.size_limit.value_or(*memory), *memory);
  return out;
}

Result<Source> FromPersistentVolume(const api::PersistentVolume& volume, const Layout& layout) {
  auto directory = DirectoryOf(volume, layout);
  if (directory.ok()) return Source(std::move(*directory));
  if (directory.error().code == ErrorCode::kNotSupported) return Source(volumes::Unsupported{volume.source});
  return std::move(directory).error();
}

Result<Source> FromClaim(const api::Pod& pod, const std::string& name, const Layout& layout,
                         const VolumeLookups& lookups) {
  const api::Ref<api::PersistentVolumeClaim> claim = lookups.claim(pod.meta.ns, name);
  if (!claim) return NotYet(fmt::format("claim \"{}\" does not exist: create it, or let its StatefulSet do so", name));
  if (claim->phase != "Bound" || claim->volume_name.empty()) {
    return NotYet(fmt::format("claim \"{}\" is not bound to a volume yet", name));
  }
  const api::Ref<api::PersistentVolume> volume = lookups.volume(claim->volume_name);
  if (!volume) return NotYet(fmt::format("volume \"{}\" of claim \"{}\" does not exist", claim->volume_name, name));
  if (volume->claim_uid != claim->meta.uid) {
    return NotYet(fmt::format("volume \"{}\" is bound to another claim than \"{}\"", claim->volume_name, name));
  }
  return FromPersistentVolume(*volume, layout);
}

Result<VolumeSpec> ToSpec(const api::Pod& pod, const api::Volume& volume, const Layout& layout,
                          const VolumeLookups& lookups, const EnvFacts& facts) {
  VolumeSpec out;
  out.name = volume.name;
  if (volume.source.empty() || volume.source == "emptyDir") {
    out.source = ToEmptyDir(pod, volume.spec);
  } else if (volume.source == "hostPath") {
    TRY(const volumes::HostPathType type, volumes::ParseHostPathType(api::ReadString(volume.spec, "type")));
    out.source = volumes::HostPath{api::ReadString(volume.spec, "path"), type};
  } else if (volume.source == "persistentVolumeClaim") {
    out.read_only = api::ReadBool(volume.spec, "readOnly");
    auto source = FromClaim(pod, api::ReadString(volume.spec, "claimName"), layout, lookups);
    if (!source) return std::move(source).error().With(fmt::format("volume \"{}\"", volume.name));
    out.source = std::move(*source);
  } else if (IsConfigVolume(volume.source)) {
    out.source = ConfigVolume(pod, volume, facts);
  } else {
    out.source = volumes::Unsupported{volume.source};
  }
  return out;
}

volumes::Propagation ToPropagation(const std::string& mode) {
  if (mode == "HostToContainer") return volumes::Propagation::kHostToContainer;
  if (mode == "Bidirectional") return volumes::Propagation::kBidirectional;
  return volumes::Propagation::kPrivate;
}

void SetGroupOf(const api::Pod& pod, volumes::PodVolumesSpec& out) {
  out.fs_group = pod.spec.security.fs_group;
  if (pod.spec.security.fs_group_change_policy == "OnRootMismatch") {
    out.fs_group_policy = volumes::FsGroupPolicy::kOnRootMismatch;
  }
}

}  // namespace

bool IsImageVolume(const api::PodSpec& spec, const std::string& volume) {
  return std::any_of(spec.volumes.begin(), spec.volumes.end(),
                     [&](const api::Volume& each) { return each.name == volume && each.source == "image"; });
}

FileVersions VersionsOf(const volumes::PodVolumesSpec& spec) {
  FileVersions versions;
  for (const VolumeSpec& volume : spec.volumes) {
    const auto* files = std::get_if<volumes::ConfigFiles>(&volume.source);
    if (files != nullptr) versions.emplace(volume.name, files->version);
  }
  return versions;
}

Result<std::vector<volumes::MountSpec>> MountsOf(const api::Pod& pod, const api::Container& container,
                                                 const EnvFacts& facts) {
  std::vector<volumes::MountSpec> mounts;
  for (const api::VolumeMount& mount : container.mounts) {
    if (IsImageVolume(pod.spec, mount.name)) continue;
    Environment env;
    if (!mount.sub_path_expr.empty()) {
      TRY(env, BuildEnv(pod, container, facts));
    }
    TRY(std::string sub_path, SubPathOf(container, mount, env));
    mounts.push_back({mount.name, container.name, mount.mount_path, std::move(sub_path), mount.read_only,
                      ToPropagation(mount.propagation)});
  }
  return mounts;
}

Result<volumes::LocalDirectory> DirectoryOf(const api::PersistentVolume& volume, const Layout& layout) {
  if (volume.source == "hostPath") {
    // A missing directory is made: containerd does the same for any bind mount's source.
    return volumes::LocalDirectory{api::ReadString(volume.source_spec, "path"), true, false};
  }
  if (volume.source == "local")
    return volumes::LocalDirectory{api::ReadString(volume.source_spec, "path"), false, true};
  if (volume.source == "gcePersistentDisk") {
    TRY(std::string path, layout.Disk(api::ReadString(volume.source_spec, "pdName")));
    return volumes::LocalDirectory{std::move(path), true, true};
  }
  return MakeError(ErrorCode::kNotSupported,
                   fmt::format("a volume of source {} is no directory of this host", volume.source));
}

Result<volumes::PodVolumesSpec> ResolveVolumes(const api::Pod& pod, const Layout& layout, const VolumeLookups& lookups,
                                               const EnvFacts& facts) {
  volumes::PodVolumesSpec out;
  out.uid = pod.meta.uid;
  for (const api::Volume& volume : pod.spec.volumes) {
    if (volume.source == "image") continue;
    TRY(VolumeSpec spec, ToSpec(pod, volume, layout, lookups, facts));
    out.volumes.push_back(std::move(spec));
  }
  for (const auto* list : {&pod.spec.init_containers, &pod.spec.containers, &pod.spec.ephemeral_containers}) {
    for (const api::Container& container : *list) {
      auto mounts = MountsOf(pod, container, facts);
      if (mounts) std::move(mounts->begin(), mounts->end(), std::back_inserter(out.mounts));
    }
  }
  SetGroupOf(pod, out);
  return out;
}

volumes::PodVolumesSpec ConfigVolumesOf(const api::Pod& pod, const EnvFacts& facts) {
  volumes::PodVolumesSpec out;
  out.uid = pod.meta.uid;
  for (const api::Volume& volume : pod.spec.volumes) {
    if (IsConfigVolume(volume.source)) out.volumes.push_back({volume.name, ConfigVolume(pod, volume, facts)});
  }
  SetGroupOf(pod, out);
  return out;
}

}  // namespace ordinal::podsync
