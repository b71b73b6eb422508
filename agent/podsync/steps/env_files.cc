#include "agent/podsync/steps/env_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "agent/base/fd.h"
#include "volumes/linux/directories.h"

namespace ordinal::podsync {
namespace {

using Files = std::map<std::pair<std::string, std::string>, Result<api::StringMap>>;

/// The text of `path` below the directory `root`; a container may have put anything there.
Result<std::string> ReadBelow(const std::string& root, const std::string& path) {
  const Fd directory(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!directory) return ErrnoError("open the volume", errno);
  const Fd place =
      volumes::OpenResolved(directory.get(), path.c_str(), O_PATH | O_CLOEXEC, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
  if (!place && errno == ENOENT) return MakeError(ErrorCode::kNotFound, "there is no such file");
  if (!place) return ErrnoError("find it", errno);
  struct stat facts {};
  if (::fstat(place.get(), &facts) != 0) return ErrnoError("look at it", errno);
  // Opening a device does something already, and a container may make one.
  if (!S_ISREG(facts.st_mode)) return MakeError(ErrorCode::kInvalid, "it is no regular file");
  const Fd file(::open(fmt::format("/proc/self/fd/{}", place.get()).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) return ErrnoError("open it", errno);
  std::string text(kLargestEnvFile + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t got = ::pread(file.get(), text.data() + size, text.size() - size, static_cast<off_t>(size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoError("read it", errno);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > kLargestEnvFile) {
    return MakeError(ErrorCode::kInvalid, fmt::format("it has more than {} bytes", kLargestEnvFile));
  }
  text.resize(size);
  return text;
}

Result<api::StringMap> ReadVariables(const std::string& root, const std::string& path) {
  TRY(const std::string text, ReadBelow(root, path));
  return ParseEnvFile(text);
}

/// The pod declares it as an emptyDir: whatever else is below its directory, or beside that, is not its own to read.
bool HasEmptyDir(const api::PodSpec& spec, const std::string& name) {
  return std::any_of(spec.volumes.begin(), spec.volumes.end(),
                     [&](const api::Volume& volume) { return volume.name == name && volume.source == "emptyDir"; });
}

}  // namespace

Task<Files> ReadEnvFiles(StepContext& context, const api::Container& container) {
  std::vector<std::pair<std::string, std::pair<std::string, std::string>>> wanted;  // directory, then volume and path
  for (const api::EnvVar& variable : container.env) {
    if (!variable.file || !HasEmptyDir(context.pod.spec, variable.file->volume)) continue;
    const std::string root = context.services.layout.EmptyDir(context.pod.meta.uid, variable.file->volume);
    wanted.push_back({root, {variable.file->volume, variable.file->path}});
  }
  if (wanted.empty()) co_return Files();
  auto read = [wanted]() -> Result<Files> {
    Files files;
    for (const auto& [root, which] : wanted) {
      if (!files.contains(which)) files.emplace(which, ReadVariables(root, which.second));
    }
    return files;
  };
  Result<Files> files = co_await context.services.pool.Run(std::move(read));
  co_return files.ok() ? std::move(*files) : Files();
}

}  // namespace ordinal::podsync
