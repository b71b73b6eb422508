#include "cri/images/archive.h"

#include <algorithm>
#include <vector>

#include "cri/images/digest.h"
#include "cri/images/tar_reader.h"

namespace ordinal::cri {
namespace {

constexpr uint64_t kMaxJson = 4 << 20;      // of one manifest or configuration; containerd's own limit is 8 MiB
constexpr uint64_t kMaxAllJson = 64 << 20;  // of all of them, so that a hostile tarball cannot fill the memory
constexpr size_t kMaxFiles = 100'000;
constexpr size_t kChunk = 256 << 10;

/// Joins `link` to the directory of `name` and takes out "." and "..".
std::string ResolveLink(std::string_view name, std::string_view link) {
  std::string joined(link);
  if (const size_t slash = name.rfind('/'); slash != std::string_view::npos && !link.starts_with('/')) {
    joined = std::string(name.substr(0, slash + 1)) + joined;
  }
  std::vector<std::string> parts;
  for (size_t at = 0; at <= joined.size();) {
    const size_t slash = std::min(joined.find('/', at), joined.size());
    const std::string part = joined.substr(at, slash - at);
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!part.empty() && part != "." && part != "..") parts.push_back(part);
    at = slash + 1;
  }
  std::string resolved;
  for (const std::string& part : parts) resolved += (resolved.empty() ? "" : "/") + part;
  return resolved;
}

Result<ArchiveFile> ReadFile(TarReader& reader, const TarEntry& entry, std::vector<char>& chunk, uint64_t& json_left) {
  ArchiveFile file;
  file.name = entry.name;
  file.size = entry.size;
  Sha256 hash;
  bool keep = false;
  for (bool first = true;; first = false) {
    TRY(const size_t got, reader.Read(chunk));
    if (got == 0) break;
    const std::string_view bytes(chunk.data(), got);
    if (first) {
      file.magic = bytes.substr(0, 4);
      const size_t start = bytes.find_first_not_of(" \t\r\n");
      keep = start != std::string_view::npos && (bytes[start] == '{' || bytes[start] == '[') &&
             entry.size <= kMaxJson && entry.size <= json_left;
    }
    if (keep) file.text += bytes;
    hash.Update(bytes);
  }
  json_left -= file.text.size();
  file.digest = hash.Finish();
  return file;
}

}  // namespace

Result<Archive> IndexArchive(const std::string& path) {
  TRY(const auto bytes, OpenBytes(path));
  TarReader reader(*bytes);
  Archive archive;
  std::vector<std::pair<std::string, std::string>> links;
  std::vector<char> chunk(kChunk);
  uint64_t json_left = kMaxAllJson;
  for (;;) {
    TRY(const auto entry, reader.Next());
    if (!entry) break;
    if (archive.size() + links.size() > kMaxFiles) {
      return MakeError(ErrorCode::kInvalid, "it has more than 100000 files; image tarballs have some dozens");
    }
    if (entry->type == TarEntry::Type::kFile) {
      TRY(archive[entry->name], ReadFile(reader, *entry, chunk, json_left));
    } else if (entry->type == TarEntry::Type::kSymlink) {
      links.emplace_back(entry->name, ResolveLink(entry->name, entry->link));
    } else if (entry->type == TarEntry::Type::kHardLink) {
      links.emplace_back(entry->name, ResolveLink("", entry->link));
    }
  }
  // Old "docker save" links a layer to an equal one. A link may come before its target, so links come last.
  for (const auto& [name, target] : links) {
    if (const auto found = archive.find(target); found != archive.end()) archive.emplace(name, found->second);
  }
  return archive;
}

}  // namespace ordinal::cri
