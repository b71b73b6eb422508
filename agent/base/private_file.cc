#include "agent/base/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "agent/base/fd.h"
#include "agent/base/whole_file.h"

namespace ordinal {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr size_t kLargest = 16 * 1024 * 1024;  // bytes; ours are keys, certificates and tokens

}  // namespace

Status MakePrivateDirectory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return ErrnoError("make directory " + path, errno);
  if (::chmod(path.c_str(), 0700) != 0) return ErrnoError("chmod " + path, errno);
  return {};
}

Status WritePrivateFile(const std::string& path, const std::string& text) {
  return WriteWhole(path, text, {.mode = kOwnerOnly, .durable = true});
}

Result<std::optional<std::string>> ReadPrivateFile(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::optional<std::string>();
  if (!file) return ErrnoError("open " + path, errno);
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0) return ErrnoError("look at " + path, errno);
  if ((facts.st_mode & 0077) != 0 && ::fchmod(file.get(), kOwnerOnly) != 0) return ErrnoError("chmod " + path, errno);
  TRY(std::string text, ReadToEnd(file.get(), path, kLargest));
  return std::optional(std::move(text));
}

}  // namespace ordinal
