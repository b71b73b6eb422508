// hostPath: something of the host, checked against its type and otherwise left alone.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "agent/base/fd.h"
#include "volumes/linux/directories.h"
#include "volumes/sources/sources.h"

namespace ordinal::volumes {
namespace {

constexpr std::array<std::pair<HostPathType, std::string_view>, 8> kTypeNames{{
    {HostPathType::kAny, ""},
    {HostPathType::kDirectoryOrCreate, "DirectoryOrCreate"},
    {HostPathType::kDirectory, "Directory"},
    {HostPathType::kFileOrCreate, "FileOrCreate"},
    {HostPathType::kFile, "File"},
    {HostPathType::kSocket, "Socket"},
    {HostPathType::kCharDevice, "CharDevice"},
    {HostPathType::kBlockDevice, "BlockDevice"},
}};

// Kubernetes: pkg/volume/hostpath/host_path.go, MakeDir and MakeFile.
constexpr mode_t kCreatedDirectory = 0755;
constexpr mode_t kCreatedFile = 0644;

struct Wanted {
  mode_t type;
  std::string_view words;
};

Wanted WantedFor(HostPathType type) {
  switch (type) {
    case HostPathType::kFileOrCreate:
    case HostPathType::kFile: return {S_IFREG, "a regular file"};
    case HostPathType::kSocket: return {S_IFSOCK, "a socket"};
    case HostPathType::kCharDevice: return {S_IFCHR, "a character device"};
    case HostPathType::kBlockDevice: return {S_IFBLK, "a block device"};
    default: return {S_IFDIR, "a directory"};
  }
}

Status CreateFile(const std::string& path) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kCreatedFile));
  if (!file && errno != EEXIST) return ErrnoError("create hostPath " + path, errno).With("hostPath.type FileOrCreate");
  if (file && ::fchmod(file.get(), kCreatedFile) != 0) return ErrnoError("change the mode of " + path, errno);
  return {};
}

Status CreateMissing(const CheckHostPath& action) {
  struct stat info {};
  if (::stat(action.path.c_str(), &info) == 0 || errno != ENOENT) return {};
  if (action.type == HostPathType::kDirectoryOrCreate) return MakeDirectories(action.path, kCreatedDirectory);
  if (action.type == HostPathType::kFileOrCreate) return CreateFile(action.path);
  return {};
}

}  // namespace

std::string_view ToString(HostPathType type) {
  for (const auto& [value, name] : kTypeNames) {
    if (value == type) return name;
  }
  return "";
}

Result<HostPathType> ParseHostPathType(std::string_view text) {
  for (const auto& [value, name] : kTypeNames) {
    if (name == text) return value;
  }
  return MakeError(ErrorCode::kInvalid,
                   fmt::format("hostPath.type \"{}\" is none of \"\", DirectoryOrCreate, Directory, FileOrCreate, "
                               "File, Socket, CharDevice, BlockDevice",
                               text));
}

std::string RootOf(const SourceContext&, const HostPath& source) { return source.path; }

Result<std::vector<SetUpAction>> PlanSource(const SourceContext&, const HostPath& source) {
  TRYV(CheckHostDirectory(source.path));
  // Nothing is promised for type "": containerd itself makes a directory of what is missing.
  if (source.type == HostPathType::kAny) return std::vector<SetUpAction>{};
  return std::vector<SetUpAction>{CheckHostPath{source.path, source.type}};
}

Status Do(const CheckHostPath& action) {
  TRYV(CreateMissing(action));
  const auto [wanted, words] = WantedFor(action.type);
  struct stat info {};
  if (::stat(action.path.c_str(), &info) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) return ErrnoError("look at hostPath " + action.path, errno);
    return MakeError(ErrorCode::kNotFound,
                     fmt::format("hostPath {} does not exist, but hostPath.type {} needs {} there: create it or "
                                 "change the type",
                                 action.path, ToString(action.type), words));
  }
  if ((info.st_mode & S_IFMT) == wanted) return {};
  return MakeError(ErrorCode::kFailedPrecondition,
                   fmt::format("hostPath {} is not {}, which hostPath.type {} asks for: correct the path or the type",
                               action.path, words, ToString(action.type)));
}

}  // namespace ordinal::volumes
