#include "tests/fakes/fake_mounter.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace ordinal::fakes {

Status FakeMounter::TakeFailure(const std::string& path) {
  const auto failure = failures_.extract(path);
  if (failure.empty()) return {};
  return failure.mapped();
}

Status FakeMounter::MountTmpfs(const std::string& path, const volumes::TmpfsOptions& options) {
  const std::lock_guard lock(mutex_);
  TRYV(TakeFailure(path));
  if (!std::filesystem::is_directory(path)) return ErrnoError("mount a tmpfs on " + path, ENOENT);
  mounts_.push_back({path, "tmpfs", options});
  calls_.push_back("tmpfs " + path);
  return {};
}

Status FakeMounter::BindMount(int from_fd, const std::string& to) {
  const std::lock_guard lock(mutex_);
  TRYV(TakeFailure(to));
  std::error_code error;
  const std::string source = std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", from_fd), error);
  if (error) return ErrnoError("bind mount on " + to, EBADF);
  if (!std::filesystem::exists(to)) return ErrnoError("bind mount on " + to, ENOENT);
  if (std::filesystem::is_directory(source) != std::filesystem::is_directory(to)) {
    return ErrnoError("bind mount on " + to, ENOTDIR);
  }
  mounts_.push_back({to, source, {}});
  calls_.push_back("bind " + source + " " + to);
  return {};
}

Status FakeMounter::Unmount(const std::string& path) {
  const std::lock_guard lock(mutex_);
  TRYV(TakeFailure(path));
  const auto topmost =
      std::find_if(mounts_.rbegin(), mounts_.rend(), [&](const Mount& mount) { return mount.path == path; });
  if (topmost == mounts_.rend()) return {};
  mounts_.erase(std::next(topmost).base());
  calls_.push_back("unmount " + path);
  return {};
}

Result<std::vector<std::string>> FakeMounter::ListMounts(const std::string& under) {
  const std::lock_guard lock(mutex_);
  TRYV(TakeFailure(under));
  std::error_code error;
  const auto real_under = std::filesystem::canonical(under, error);
  if (error) return std::vector<std::string>{};
  std::vector<std::string> found;
  for (const Mount& mount : mounts_) {
    const auto below = std::filesystem::weakly_canonical(mount.path).lexically_relative(real_under).string();
    if (below.empty() || below.starts_with("..")) continue;
    found.push_back(below == "." ? under : under + "/" + below);
  }
  return found;
}

void FakeMounter::FailNext(const std::string& path, Error error) {
  const std::lock_guard lock(mutex_);
  failures_.insert_or_assign(path, std::move(error));
}

std::vector<FakeMounter::Mount> FakeMounter::mounts() const {
  const std::lock_guard lock(mutex_);
  return mounts_;
}

std::vector<std::string> FakeMounter::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

}  // namespace ordinal::fakes
