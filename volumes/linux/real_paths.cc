#include "volumes/linux/real_paths.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "agent/base/fd.h"

namespace ordinal::volumes {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFew = 8;             // names of one directory that are looked for one by one
constexpr size_t kMostNames = 20'000;  // of a directory that is read for that
constexpr size_t kAskedForWhole = 8;   // about: a question for each part of a path

/// What the words of a path do not say by themselves.
bool NeedsAsking(const std::string& path) {
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
  if (!directory.links && !directory.too_large && directory.looked_for++ >= kFew) Read(directory);
  if (directory.links) return directory.links->contains(name);
  struct stat info {};
  ++asked_;
  return ::lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode);
}

/// Names that come or go meanwhile are there or not, as if each had been asked for by itself.
void RealPaths::Read(Directory& directory) {
  directory.too_large = true;  // until it is known to be none
  ++asked_;
  Fd opened(::open(directory.real.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  const auto close = [](DIR* entries) { ::closedir(entries); };
  const std::unique_ptr<DIR, decltype(close)> entries(opened ? ::fdopendir(opened.get()) : nullptr, close);
  if (!entries) return;
  opened.Release();
  std::set<std::string> links;
  size_t names = 0;
  while (const dirent* entry = ::readdir(entries.get())) {
    if (++names > kMostNames) return;
    if (entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN) links.insert(entry->d_name);
  }
  directory.links = std::move(links);
}

}  // namespace ordinal::volumes
