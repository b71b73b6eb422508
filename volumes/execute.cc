#include "volumes/execute.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "volumes/linux/directories.h"
#include "volumes/sources/sources.h"

namespace ordinal::volumes {
namespace {

Status Do(const MountTmpfs& action, Mounter& mounter) {
  TRYV(MakeDirectories(action.path, kPrivateDirectory));
  return mounter.MountTmpfs(action.path, action.options);
}

Status Run(const SetUpAction& action, Mounter& mounter) {
  return std::visit(
      [&](const auto& step) {
        if constexpr (std::is_same_v<std::decay_t<decltype(step)>, MountTmpfs>) {
          return Do(step, mounter);
        } else {
          return volumes::Do(step);
        }
      },
      action);
}

bool SameFile(const struct stat& a, const struct stat& b) { return a.st_dev == b.st_dev && a.st_ino == b.st_ino; }

/// Takes every mount off `target` unless the topmost shows `wanted`; says whether it does.
Result<bool> KeepOrClear(const std::string& target, const struct stat& wanted, Mounter& mounter) {
  TRY(const std::vector<std::string> mounts, mounter.ListMounts(target));
  const auto mounted = std::count(mounts.begin(), mounts.end(), target);
  struct stat shown {};
  if (mounted > 0 && ::stat(target.c_str(), &shown) == 0 && SameFile(shown, wanted)) return true;
  for (auto left = mounted; left > 0; --left) TRYV(mounter.Unmount(target));
  return false;
}

/// The target of a bind mount: a directory for a directory, else an empty file.
Status MakeTarget(const std::string& target, bool directory) {
  struct stat info {};
  const bool exists = ::lstat(target.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode) == directory && (directory || S_ISREG(info.st_mode))) return {};
  if (exists && (S_ISDIR(info.st_mode) ? ::rmdir(target.c_str()) : ::unlink(target.c_str())) != 0) {
    return ErrnoError("remove " + target, errno);
  }
  if (directory) return MakeDirectories(target, kPrivateDirectory);
  TRYV(MakeDirectories(std::filesystem::path(target).parent_path(), kPrivateDirectory));
  const Fd file(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640));
  if (!file) return ErrnoError("create " + target, errno);
  return {};
}

Status Bind(const SubPathBinding& binding, Mounter& mounter) {
  TRY(const Fd source, OpenBelow(binding.root, binding.sub_path));
  struct stat wanted {};
  if (::fstat(source.get(), &wanted) != 0) return ErrnoError("look at subPath " + binding.sub_path, errno);
  TRY(const bool kept, KeepOrClear(binding.target, wanted, mounter));
  if (kept) return {};
  TRYV(MakeTarget(binding.target, S_ISDIR(wanted.st_mode)));
  return mounter.BindMount(source.get(), binding.target);
}

}  // namespace

Result<Found> FindVolumes(const Layout& layout, const std::string& uid, Mounter& mounter) {
  TRYV(CheckPathComponent("pod uid", uid));
  Found found;
  TRY(const std::vector<std::string> points, mounter.ListMounts(layout.Pod(uid)));
  found.mount_points.insert(points.begin(), points.end());
  std::error_code error;
  for (std::filesystem::directory_iterator entry(layout.Owned(uid), error), end; !error && entry != end;
       entry.increment(error)) {
    found.owned.insert(entry->path().filename().string());
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return ErrnoError("read " + layout.Owned(uid), error.value());
  }
  return found;
}

Status Execute(const std::vector<SetUpStep>& steps, Mounter& mounter) {
  for (const SetUpStep& step : steps) {
    auto done = Run(step.action, mounter);
    if (done.ok()) continue;
    Error error = std::move(done).error().With(fmt::format("volume \"{}\"", step.volume));
    error.reason = kFailedMount;
    return error;
  }
  return {};
}

Status Execute(const SubPathBinding& binding, Mounter& mounter) {
  auto done = Bind(binding, mounter);
  if (done.ok()) return {};
  Error error = std::move(done).error().With(fmt::format("volume \"{}\"", binding.volume));
  error.reason = kCreateContainerConfigError;
  return error;
}

Status Execute(const std::vector<TearDownAction>& actions, Mounter& mounter) {
  for (const TearDownAction& action : actions) {
    if (const auto* unmount = std::get_if<Unmount>(&action)) {
      TRYV(mounter.Unmount(unmount->path));
    } else {
      TRYV(RemoveDirectoryTree(std::get<RemoveTree>(action).path));
    }
  }
  return {};
}

}  // namespace ordinal::volumes
