#include "agent/base/disk_use.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <set>
#include <utility>
#include <vector>

namespace ordinal {
namespace {

constexpr int64_t kBlock = 512;         // st_blocks counts these
constexpr size_t kMostLinked = 10'000;  // files with several names that are remembered

}  // namespace

class DiskUseWalk::Walk {
 public:
  Walk(std::string path, const DiskUseBounds& bounds) : path_(std::move(path)), bounds_(bounds) {}

  Result<bool> GoOn(int64_t entries) {
    if (!std::exchange(begun_, true)) TRYV(Open());
    const int64_t until = entries > bounds_.entries - entries_ ? bounds_.entries : entries_ + entries;
    while (!Over() && entries_ < until) Step();
    return Over();
  }
  int64_t entries() const { return entries_; }
  bool whole() const { return begun_ && open_.empty() && !left_out_; }
  const TreeSize& size() const { return sum_; }

 private:
  struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
  };
  using Directory = std::unique_ptr<DIR, CloseDirectory>;

  static Directory OpenBelow(int parent, const char* name) {
    const int fd = ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return nullptr;
    DIR* opened = ::fdopendir(fd);
    if (opened == nullptr) ::close(fd);
    return Directory(opened);
  }

  Status Open() {
    struct stat root {};
    if (::lstat(path_.c_str(), &root) != 0) {
      if (errno == ENOENT) return {};
      return ErrnoError("look at " + path_, errno);
    }
    if (!S_ISDIR(root.st_mode)) return {};
    device_ = root.st_dev;
    Count(root);
    Directory first = OpenBelow(AT_FDCWD, path_.c_str());
    if (!first) return ErrnoError("read the directory " + path_, errno);
    open_.push_back(std::move(first));
    return {};
  }

  bool Over() const { return open_.empty() || sum_.bytes > bounds_.enough || entries_ >= bounds_.entries; }

  void Step() {
    const dirent* entry = ::readdir(open_.back().get());
    if (entry == nullptr) {
      open_.pop_back();
      return;
    }
    if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) return;
    ++entries_;
    const int parent = ::dirfd(open_.back().get());
    struct stat found {};
    if (::fstatat(parent, entry->d_name, &found, AT_SYMLINK_NOFOLLOW) != 0 || found.st_dev != device_) return;
    Count(found);
    if (!S_ISDIR(found.st_mode)) return;
    if (open_.size() >= bounds_.depth) {
      left_out_ = true;
      return;
    }
    if (Directory below = OpenBelow(parent, entry->d_name)) open_.push_back(std::move(below));
  }

  void Count(const struct stat& found) {
    if (!S_ISDIR(found.st_mode) && found.st_nlink > 1 && linked_.size() < kMostLinked &&
        !linked_.insert(found.st_ino).second) {
      return;
    }
    sum_.bytes += static_cast<int64_t>(found.st_blocks) * kBlock;
    ++sum_.files;
  }

  const std::string path_;
  const DiskUseBounds bounds_;
  bool begun_ = false, left_out_ = false;
  dev_t device_{};
  TreeSize sum_;
  int64_t entries_ = 0;
  std::vector<Directory> open_;
  std::set<ino_t> linked_;
};

DiskUseWalk::DiskUseWalk(std::string path, const DiskUseBounds& bounds)
    : walk_(std::make_unique<Walk>(std::move(path), bounds)) {}
DiskUseWalk::~DiskUseWalk() = default;
DiskUseWalk::DiskUseWalk(DiskUseWalk&&) noexcept = default;
DiskUseWalk& DiskUseWalk::operator=(DiskUseWalk&&) noexcept = default;

Result<bool> DiskUseWalk::GoOn(int64_t entries) { return walk_->GoOn(entries); }
int64_t DiskUseWalk::entries() const { return walk_->entries(); }
bool DiskUseWalk::whole() const { return walk_->whole(); }
const TreeSize& DiskUseWalk::size() const { return walk_->size(); }

Result<FilesystemUse> UseOfFilesystem(const std::string& path) {
  struct statvfs space {};
  if (::statvfs(path.c_str(), &space) != 0) return ErrnoError("ask how full the disk of " + path + " is", errno);
  FilesystemUse use;
  use.capacity = space.f_blocks * space.f_frsize;
  use.available = space.f_bavail * space.f_frsize;
  use.used = (space.f_blocks - space.f_bfree) * space.f_frsize;
  use.inodes = space.f_files;
  use.inodes_free = space.f_ffree;
  use.inodes_used = space.f_files - space.f_ffree;
  return use;
}

Result<TreeSize> DiskUseBelow(const std::string& path, const DiskUseBounds& bounds) {
  DiskUseWalk walk(path, bounds);
  TRYV(walk.GoOn(bounds.entries));
  return walk.size();
}

}  // namespace ordinal
