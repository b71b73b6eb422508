#include "volumes/linux/replace_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>

#include "agent/base/fd.h"
#include "volumes/linux/directories.h"

namespace ordinal::volumes {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kData = "..data";
constexpr std::string_view kNewData = "..data_tmp";
constexpr mode_t kDirectoryMode = 0755;
constexpr mode_t kGroupReads = 0440, kGroupEnters = 02550;
constexpr mode_t kPermissions = 07777;

struct WantedFiles {
  std::map<std::string, const ConfigFile*> files;  ///< by path
  std::set<std::string> names;                     ///< first components
};

WantedFiles WantedOf(const std::vector<ConfigFile>& files) {
  WantedFiles wanted;
  for (const ConfigFile& file : files) {
    wanted.files[file.path] = &file;
    wanted.names.insert(file.path.substr(0, file.path.find('/')));
  }
  return wanted;
}

mode_t ModeOf(const ConfigFile& file, std::optional<int64_t> gid) { return file.mode | (gid ? kGroupReads : 0); }

/// Where a link leads; empty when there is none.
std::string TargetOf(const std::string& path) {
  std::error_code absent;
  return fs::read_symlink(path, absent).string();
}

bool Holds(const std::string& path, const ConfigFile& file, std::optional<int64_t> gid) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
  if ((info.st_mode & kPermissions) != ModeOf(file, gid) || (gid && info.st_gid != static_cast<gid_t>(*gid)))
    return false;
  if (info.st_uid != static_cast<uid_t>(file.owner.value_or(0))) return false;
  if (static_cast<size_t>(info.st_size) != file.bytes->size()) return false;
  const Fd open(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  std::string bytes(file.bytes->size(), '\0');
  return open && ::pread(open.get(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()) &&
         bytes == *file.bytes;
}

/// The files below `root` are these, and no others.
bool HoldsAll(const std::string& root, const WantedFiles& wanted, std::optional<int64_t> gid) {
  std::error_code failed;
  size_t there = 0;
  for (fs::recursive_directory_iterator entry(root, failed), end; !failed && entry != end; entry.increment(failed)) {
    if (entry->symlink_status(failed).type() != fs::file_type::directory) ++there;
  }
  if (failed || there != wanted.files.size()) return false;
  for (const auto& [path, file] : wanted.files) {
    if (!Holds(root + "/" + path, *file, gid)) return false;
  }
  return true;
}

Status Give(const std::string& path, mode_t mode, std::optional<int64_t> gid) {
  if (gid && ::lchown(path.c_str(), static_cast<uid_t>(-1), static_cast<gid_t>(*gid)) != 0) {
    return ErrnoError("change the group of " + path, errno);
  }
  return ::chmod(path.c_str(), mode) == 0 ? Status() : ErrnoError("change the mode of " + path, errno);
}

Status WriteOne(const std::string& path, const ConfigFile& file, std::optional<int64_t> gid) {
  const Fd open(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!open) return ErrnoError("create " + path, errno);
  for (size_t done = 0; done < file.bytes->size();) {
    const ssize_t written = ::write(open.get(), file.bytes->data() + done, file.bytes->size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoError("write " + path, errno);
    done += static_cast<size_t>(written);
  }
  if (file.owner && ::fchown(open.get(), static_cast<uid_t>(*file.owner), static_cast<gid_t>(-1)) != 0) {
    return ErrnoError("change the owner of " + path, errno);
  }
  return Give(path, ModeOf(file, gid), gid);
}

/// Directories between `root` and the file.
Status MakeParents(const std::string& root, const std::string& path, std::optional<int64_t> gid) {
  for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string directory = root + "/" + path.substr(0, slash);
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return ErrnoError("create " + directory, errno);
    TRYV(Give(directory, kDirectoryMode | (gid ? kGroupEnters : 0), gid));
  }
  return {};
}

/// A new directory with the files in it; its name.
Result<std::string> WriteAll(const std::string& directory, const WantedFiles& wanted, std::optional<int64_t> gid) {
  std::string root = directory + "/..files.XXXXXX";
  if (::mkdtemp(root.data()) == nullptr) return ErrnoError("create a directory in " + directory, errno);
  TRYV(Give(root, kDirectoryMode | (gid ? kGroupEnters : 0), gid));
  for (const auto& [path, file] : wanted.files) {
    TRYV(MakeParents(root, path, gid));
    TRYV(WriteOne(root + "/" + path, *file, gid));
  }
  return fs::path(root).filename().string();
}

Status Remove(const std::string& path) {
  std::error_code failed;
  if (fs::symlink_status(path, failed).type() == fs::file_type::directory) return RemoveDirectoryTree(path);
  return ::unlink(path.c_str()) == 0 || errno == ENOENT ? Status() : ErrnoError("remove " + path, errno);
}

Status LinkTo(const std::string& target, const std::string& path) {
  TRYV(Remove(path));  // a directory, where somebody mounted a subPath that was not there
  return ::symlink(target.c_str(), path.c_str()) == 0 ? Status() : ErrnoError("create " + path, errno);
}

Status SwitchTo(const std::string& directory, const std::string& name) {
  const std::string draft = fmt::format("{}/{}", directory, kNewData);
  const std::string data = fmt::format("{}/{}", directory, kData);
  TRYV(LinkTo(name, draft));
  return ::rename(draft.c_str(), data.c_str()) == 0 ? Status() : ErrnoError("rename " + draft, errno);
}

/// Removes what `stays` does not name.
template <class Stays>
Status RemoveOthers(const std::string& directory, Stays stays) {
  std::error_code failed;
  std::vector<std::string> stale;
  for (fs::directory_iterator entry(directory, failed), end; !failed && entry != end; entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (!stays(name)) stale.push_back(directory + "/" + name);
  }
  if (failed) return ErrnoError("read " + directory, failed.value());
  for (const std::string& path : stale) TRYV(Remove(path));
  return {};
}

/// What a kill or a full disk left of an earlier attempt.
Status RemoveDrafts(const std::string& directory, const std::string& current) {
  return RemoveOthers(
      directory, [&](const std::string& name) { return !name.starts_with("..") || name == kData || name == current; });
}

/// Links to what is there, none to what is not, and nothing of earlier times.
Status TidyUp(const std::string& directory, const WantedFiles& wanted, const std::string& current) {
  for (const std::string& name : wanted.names) {
    const std::string target = fmt::format("{}/{}", kData, name), path = directory + "/" + name;
    if (TargetOf(path) != target) TRYV(LinkTo(target, path));
  }
  return RemoveOthers(directory, [&](const std::string& name) {
    return name == kData || name == current || wanted.names.contains(name);
  });
}

}  // namespace

Status ReplaceFiles(const std::string& directory, const std::vector<ConfigFile>& files, std::optional<int64_t> gid) {
  const WantedFiles wanted = WantedOf(files);
  std::string current = TargetOf(fmt::format("{}/{}", directory, kData));
  if (current.empty() || !HoldsAll(directory + "/" + current, wanted, gid)) {
    TRYV(RemoveDrafts(directory, current));
    TRY(current, WriteAll(directory, wanted, gid));
    TRYV(SwitchTo(directory, current));
  }
  return TidyUp(directory, wanted, current);
}

bool HasFiles(const std::string& directory) { return !TargetOf(fmt::format("{}/{}", directory, kData)).empty(); }

}  // namespace ordinal::volumes
