// Making directories and opening what lies in them without being led elsewhere. Everything blocks; any thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "agent/base/fd.h"
#include "agent/base/result.h"

namespace ordinal::volumes {

/// Of the agent's own directories: their content is reached through mounts, not by walking in.
inline constexpr mode_t kPrivateDirectory = 0750;

/// Like mkdir -p; directories it makes get `mode` whatever the umask, others stay as they are.
Status MakeDirectories(const std::string& path, mode_t mode);

/// Makes the directory `path` (its parent exists) so that it appears under its name only with mode and group in
/// place, even when the process is killed half-way. Success when somebody else made it first.
Status MakeFinishedDirectory(const std::string& path, uint32_t mode, std::optional<int64_t> gid);

/// Makes the directory of a persistent volume and those above it where they are missing. It is open to every user, as a
/// container need not run as root; the directories above keep other users of the host out.
Status MakeVolumeDirectory(const std::string& path);

/// openat2(2) (Linux 5.6). `resolve` is a set of RESOLVE_ flags; retries what a concurrent rename disturbs.
/// On failure errno says why.
Fd OpenResolved(int directory, const char* path, int flags, uint64_t resolve);

/// Calls `visit` with the directory's descriptor and each entry's name but "." and ".."; stops at the first error.
/// `path` is for messages.
Status ForEachEntry(Fd directory, const std::string& path,
                    const std::function<Status(int directory, const std::string& name)>& visit);

/// Opens (O_PATH) what `sub_path` names below `root`, following symlinks only as long as they stay below it, and
/// makes the directories that are missing with the mode of `root`. An escape by "..", an absolute or a /proc
/// symlink is kPermissionDenied.
Result<Fd> OpenBelow(const std::string& root, const std::string& sub_path);

/// Removes `path` and everything in it: relative to open directories, never following a symlink, never into
/// another mount (kFailedPrecondition, naming it). Success when it is not there.
Status RemoveDirectoryTree(const std::string& path);

/// Removes everything in the directory `path`, by the same rules, and keeps the directory, which may itself be a mount
/// point. No step of `path` may be a symlink (kPermissionDenied). kNotFound when it is not there.
Status EmptyDirectory(const std::string& path);

}  // namespace ordinal::volumes
