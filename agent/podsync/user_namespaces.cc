#include "agent/podsync/user_namespaces.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <limits>
#include <optional>
#include <set>

#include "agent/base/fd.h"
#include "agent/base/whole_file.h"

namespace ordinal::podsync {
namespace {

constexpr uint32_t kLast = std::numeric_limits<uint32_t>::max() / UserNamespaces::kIds;

/// The first id in a file; none where there is no file. Any other error names it.
Result<std::optional<uint32_t>> ReadIds(const std::string& path) {
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const bool none = !file && (errno == ENOENT || errno == ENOTDIR);
  if (none) return std::optional<uint32_t>();
  if (!file) return ErrnoError("open " + path, errno);
  char bytes[64];
  const ssize_t size = read(file.get(), bytes, sizeof bytes);
  if (size < 0) return ErrnoError("read " + path, errno);
  const std::string text(bytes, static_cast<size_t>(size));
  uint32_t first = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), first);
  const bool whole = bad == std::errc() && std::string_view(end) == "\n";
  if (whole && first != 0 && first % UserNamespaces::kIds == 0) return std::optional<uint32_t>(first);
  return MakeError(ErrorCode::kInternal, fmt::format("{} does not name the first of {} ids of the host: delete the pod",
                                                     path, UserNamespaces::kIds));
}

}  // namespace

Result<cri::IdRange> UserNamespaces::Claim(const Layout& layout, const std::string& uid) {
  const std::lock_guard lock(mutex_);
  const std::string path = layout.UserNamespace(uid);
  TRY(const std::optional<uint32_t> own, ReadIds(path));
  if (own) return cri::IdRange{*own, kIds};
  std::set<uint32_t> taken;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(layout.Pods(), error), end; !error && entry != end;
       entry.increment(error)) {
    TRY(const std::optional<uint32_t> first, ReadIds(layout.UserNamespace(entry->path().filename().string())));
    if (first) taken.insert(*first / kIds);
  }
  if (error) return ErrnoError("read " + layout.Pods(), error.value());
  uint32_t free = 1;  // the host's own users are below
  while (taken.contains(free)) ++free;
  if (free > kLast) return MakeError(ErrorCode::kInternal, "no ids of the host are free for a user namespace");
  WholeFile how;
  how.durable = true;
  TRYV(WriteWhole(path, fmt::format("{}\n", free * kIds), how));
  return cri::IdRange{free * kIds, kIds};
}

}  // namespace ordinal::podsync
