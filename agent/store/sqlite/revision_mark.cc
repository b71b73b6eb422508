#include "agent/store/sqlite/revision_mark.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <string_view>
#include <utility>

namespace ordinal::store {
namespace {

constexpr std::string_view kHead = "ordinal revision ";
constexpr size_t kDigits = 20;
constexpr size_t kText = kHead.size() + kDigits + 1 + 16 + 1;  // head, number, space, checksum, newline

/// FNV-1a.
uint64_t Checksum(std::string_view text) {
  uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

std::string TextOf(uint64_t revision) {
  const std::string said = fmt::format("{}{:020}", kHead, revision);
  return fmt::format("{} {:016x}\n", said, Checksum(said));
}

}  // namespace

Result<std::optional<uint64_t>> RevisionMark::Read(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::optional<uint64_t>();
  if (!file) return ErrnoError("open " + path, errno);
  std::array<char, kText> text{};
  const ssize_t got = ::pread(file.get(), text.data(), text.size(), 0);
  if (got < 0) return ErrnoError("read " + path, errno);
  const std::string_view said(text.data(), static_cast<size_t>(got));
  uint64_t revision = 0;
  if (said.size() == kText) std::from_chars(said.data() + kHead.size(), said.data() + kHead.size() + kDigits, revision);
  if (said != TextOf(revision)) {
    return MakeError(ErrorCode::kInternal, path + " cannot be read: it is no mark, or was damaged");
  }
  return std::optional<uint64_t>(revision);
}

Status RevisionMark::Open() {
  const bool made = ::access(path_.c_str(), F_OK) != 0;
  file_ = Fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!file_) return ErrnoError("open " + path_, errno);
  if (!made) return {};
  const std::string directory = std::filesystem::path(path_).parent_path();
  const Fd parent(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent) return ErrnoError("open " + directory, errno);
  return ::fsync(parent.get()) == 0 ? Status() : ErrnoError("write " + directory, errno);
}

Status RevisionMark::Write(uint64_t revision) {
  if (!file_) TRYV(Open());
  const std::string text = TextOf(revision);
  const ssize_t put = ::pwrite(file_.get(), text.data(), text.size(), 0);
  if (put != static_cast<ssize_t>(text.size())) return ErrnoError("write " + path_, put < 0 ? errno : ENOSPC);
  dirty_ = true;
  return {};
}

Status RevisionMark::Sync() {
  if (!std::exchange(dirty_, false)) return {};
  return ::fdatasync(file_.get()) == 0 ? Status() : ErrnoError("write " + path_, errno);
}

}  // namespace ordinal::store
