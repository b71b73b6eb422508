// FakePodVolumes: volumes that are only remembered. Nothing is mounted; what a container would mount is named after
// its pod and volume.
#pragma once

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "volumes/pod_volumes.h"

namespace ordinal::fakes {

class FakePodVolumes final : public volumes::PodVolumes {
 public:
  /// The next `times` calls of Mount, or of Unmount, fail.
  void FailMounts(int times, Error error) { mount_failures_ = {times, std::move(error)}; }
  /// From now on every Mount with a volume of this name fails.
  void FailVolume(const std::string& name, Error error) { broken_.emplace(name, std::move(error)); }
  void FailUnmounts(int times, Error error) { unmount_failures_ = {times, std::move(error)}; }
  /// A directory that an earlier run left behind.
  void Leave(const std::string& uid) { ready_.insert(uid); }

  /// The pods whose volumes are ready.
  const std::set<std::string>& ready() const { return ready_; }
  int mounts() const { return mounts_; }
  using Files = std::map<std::string, std::string>;  ///< bytes by path
  /// What a container sees of a volume of configuration; empty before it was mounted.
  Files FilesOf(const std::string& uid, const std::string& volume) const {
    const auto found = files_.find({uid, volume});
    return found == files_.end() ? Files() : found->second;
  }

  Task<Status> Mount(volumes::PodVolumesSpec spec) override {
    ++mounts_;
    if (Fails(mount_failures_)) co_return mount_failures_.second;
    for (const volumes::VolumeSpec& volume : spec.volumes) {
      if (broken_.contains(volume.name)) co_return broken_.at(volume.name);
      const auto* config = std::get_if<volumes::ConfigFiles>(&volume.source);
      if (config != nullptr) CO_TRYV(Write(spec.uid, volume.name, *config));
    }
    ready_.insert(spec.uid);
    co_return Status();
  }

  Task<Result<std::vector<volumes::ReadyMount>>> MountContainer(volumes::PodVolumesSpec spec,
                                                                std::string container) override {
    if (!ready_.contains(spec.uid)) co_return MakeError(ErrorCode::kFailedPrecondition, "the volumes are not ready");
    std::vector<volumes::ReadyMount> mounts;
    for (const volumes::MountSpec& mount : spec.mounts) {
      if (mount.container != container) continue;
      mounts.push_back(
          {mount.mount_path, fmt::format("/fake/{}/{}", spec.uid, mount.volume), mount.read_only, mount.propagation});
    }
    co_return mounts;
  }

  Task<Status> Unmount(std::string uid) override {
    if (Fails(unmount_failures_)) co_return unmount_failures_.second;
    ready_.erase(uid);
    co_return Status();
  }

  Task<Result<std::vector<std::string>>> KnownPods() override {
    co_return std::vector<std::string>(ready_.begin(), ready_.end());
  }

 private:
  Status Write(const std::string& uid, const std::string& volume, const volumes::ConfigFiles& config) {
    const std::pair<std::string, std::string> place{uid, volume};
    if (config.missing && !files_.contains(place)) {
      return MakeError(config.missing->code, config.missing->message, "FailedMount");
    }
    if (config.missing) return {};
    files_[place].clear();
    for (const volumes::ConfigFile& file : config.files) files_[place][file.path] = *file.bytes;
    return {};
  }

  using Failures = std::pair<int, Error>;
  static bool Fails(Failures& failures) { return failures.first > 0 && failures.first-- > 0; }

  std::set<std::string> ready_;
  std::map<std::string, Error> broken_;                         // by volume
  std::map<std::pair<std::string, std::string>, Files> files_;  // by pod and volume
  Failures mount_failures_, unmount_failures_;
  int mounts_ = 0;
};

}  // namespace ordinal::fakes
