#include "agent/manifests/directory.h"

#include <fmt/format.h>
#include <sys/inotify.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace ordinal::manifests {
namespace {

namespace fs = std::filesystem;

constexpr uintmax_t kMaxSize = 8U << 20;

}  // namespace

bool IsManifestName(std::string_view name) {
  if (name.empty() || name.front() == '.' || name.front() == '#') return false;
  return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
}

Result<std::set<std::string>> ListManifests(const std::string& directory) {
  std::error_code code;
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, code)) {
    std::string name = entry.path().filename().string();
    std::error_code ignored;
    if (IsManifestName(name) && entry.is_regular_file(ignored)) names.insert(std::move(name));
  }
  if (code) return ErrnoError("read directory " + directory, code.value());
  return names;
}

Result<std::string> ReadManifest(const std::string& path) {
  std::error_code code;
  const uintmax_t size = fs::file_size(path, code);
  if (code) return ErrnoError("read", code.value());
  if (size > kMaxSize) {
    return MakeError(ErrorCode::kInvalid, fmt::format("the file has {} bytes, a manifest may have {}: split it", size, kMaxSize));
  }
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) return MakeError(ErrorCode::kPermissionDenied, "the file cannot be read: look at its owner and mode");
  return text;
}

Status DirectoryWatch::Start(const std::string& directory) {
  std::error_code code;
  fs::create_directories(directory, code);
  if (code) return ErrnoError("make directory " + directory, code.value());
  const int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (fd < 0) return ErrnoError("inotify", errno);
  stream_.assign(fd);
  if (inotify_add_watch(fd, directory.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR) < 0) {
    return ErrnoError("watch " + directory, errno);
  }
  return {};
}

Task<Result<std::optional<std::set<std::string>>>> DirectoryWatch::Next() {
  using Changed = std::optional<std::set<std::string>>;
  alignas(inotify_event) std::array<char, 16 * 1024> buffer;
  std::set<std::string> names;
  while (names.empty()) {
    boost::system::error_code code;
    const size_t size = co_await stream_.async_read_some(asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, code));
    if (code) co_return ErrnoError("watch manifests", code.value());
    for (size_t at = 0; at < size;) {
      inotify_event event;
      std::memcpy(&event, buffer.data() + at, sizeof(event));
      if ((event.mask & IN_Q_OVERFLOW) != 0) co_return Changed();
      const std::string name = event.len > 0 ? buffer.data() + at + sizeof(event) : "";
      if (IsManifestName(name)) names.insert(name);
      at += sizeof(event) + event.len;
    }
  }
  co_return Changed(std::move(names));
}

}  // namespace ordinal::manifests
