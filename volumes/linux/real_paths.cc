#include "volumes/linux/real_paths.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>

#include "agent/base/fd.h"

namespace ordinal::volumes {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFew = 8;               // names of one directory that are looked for one by one
constexpr size_t kMostNames = 20'000;    // of a directory that is read for that
constexpr size_t kAskedForWhole = 8;     // about: a question for each part of a path
constexpr std::ptrdiff_t kDeepest = 32;  // directories in each other: each is kept by its whole name

/// What the words of a path do not say by themselves, and what is longer or deeper than what is worth keeping.
bool NeedsAsking(const std::string& path) {
  if (path.size() >= PATH_MAX || std::count(path.begin(), path.end(), '/') > kDeepest) return true;
  return !path.starts_with('/') || path.find("//") != std::string::npos || path.find("/./") != std::string::npos ||
         path.find("/../") != std::string::npos || path.ends_with("/.") || path.ends_with("/..");
}

}  // namespace

std::string RealPath(const std::string& path) {
  std::error_code ignored;
  std::string real = fs::weakly_canonical(path, ignored).string();
  if (real.empty()) real = fs::path(path).lexically_normal().string();
  while (real.size() > 1 && real.back() == '/') real.pop_back();
  return real;
}

std::string RealPaths::Whole(const std::string& path) {
  asked_ += kAskedForWhole;
  return RealPath(path);
}

std::string RealPaths::Of(const std::string& path) {
  std::string plain = path;
  while (plain.size() > 1 && plain.back() == '/') plain.pop_back();
  if (plain == "/") return plain;
  if (NeedsAsking(plain)) return Whole(plain);
  const size_t slash = plain.rfind('/');
  const std::string name = plain.substr(slash + 1);
  Directory& parent = In(slash == 0 ? "/" : plain.substr(0, slash));
  if (IsLink(parent, plain, name)) return Whole(plain);
  return parent.real == "/" ? "/" + name : parent.real + "/" + name;
}

RealPaths::Directory& RealPaths::In(const std::string& parent) {
  const auto known = directories_.find(parent);
  if (known != directories_.end()) return known->second;
  Directory directory;
  directory.real = Of(parent);
  return directories_.emplace(parent, std::move(directory)).first->second;
}

bool RealPaths::IsLink(Directory& directory, const std::string& path, const std::string& name) {
  if (!directory.no_links && !directory.not_read && directory.looked_for++ >= kFew) Read(directory);
  if (directory.no_links && directory.no_links->contains(name)) return false;
  struct stat info {};
  ++asked_;
  return ::lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode);
}

/// A name that is not listed may be there all the same: it came meanwhile, is mounted when it is asked for, or is
/// spelled otherwise.
void RealPaths::Read(Directory& directory) {
  directory.not_read = true;  // until it is, to its end
  ++asked_;
  Fd opened(::open(directory.real.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  const auto close = [](DIR* entries) { ::closedir(entries); };
  const std::unique_ptr<DIR, decltype(close)> entries(opened ? ::fdopendir(opened.get()) : nullptr, close);
  if (!entries) return;
  opened.Release();
  std::set<std::string> no_links;
  size_t names = 0;
  errno = 0;
  while (const dirent* entry = ::readdir(entries.get())) {
    if (++names > kMostNames) return;
    if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN) no_links.insert(entry->d_name);
    errno = 0;
  }
  if (errno != 0) return;
  directory.no_links = std::move(no_links);
}

}  // namespace ordinal::volumes
