#include "cri/images/tar_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>

namespace ordinal::cri {
namespace {

constexpr size_t kBlock = 512;
constexpr uint64_t kMaxText = 1 << 20;  // of a long name or a pax header; real ones have some hundred bytes
constexpr uint64_t kMaxSize = 1ULL << 50;

Error Damaged(std::string what) {
  return MakeError(ErrorCode::kInvalid, "the tar stream is damaged: " + std::move(what));
}

std::string_view Field(const char* data, size_t size) { return {data, ::strnlen(data, size)}; }

/// An octal number with blanks around it, or GNU's base-256 form for large ones.
Result<uint64_t> Number(std::string_view field) {
  if (!field.empty() && (static_cast<unsigned char>(field[0]) & 0x80) != 0) {
    uint64_t value = static_cast<unsigned char>(field[0]) & 0x3F;
    for (const char c : field.substr(1)) {
      if (value > (std::numeric_limits<uint64_t>::max() >> 8)) return Damaged("a number is too large");
      value = value << 8 | static_cast<unsigned char>(c);
    }
    return value;
  }
  while (!field.empty() && field.front() == ' ') field.remove_prefix(1);
  field = field.substr(0, field.find_first_of(std::string_view(" \0", 2)));
  uint64_t value = 0;
  if (field.empty()) return value;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value, 8);
  if (error != std::errc() || end != field.data() + field.size()) return Damaged("a number is not octal");
  return value;
}

std::string Clean(std::string name) {
  while (name.starts_with("./")) name.erase(0, 2);
  while (name.ends_with('/')) name.pop_back();
  return name;
}

}  // namespace

// Header of POSIX.1-1988 (ustar); GNU tar differs in what follows the magic and in the use of prefix.
struct TarReader::Block {
  char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100], magic[8], uname[32],
      gname[32], device_major[8], device_minor[8], prefix[155], pad[12];

  bool IsZero() const {
    const char* bytes = reinterpret_cast<const char*>(this);
    return std::all_of(bytes, bytes + kBlock, [](char c) { return c == 0; });
  }

  bool ChecksumHolds() const {
    uint64_t sum = 0;
    int64_t signed_sum = 0;  // some old programs summed signed characters
    for (size_t i = 0; i < kBlock; ++i) {
      const bool in_checksum = i >= offsetof(Block, checksum) && i < offsetof(Block, checksum) + sizeof(checksum);
      const char c = in_checksum ? ' ' : reinterpret_cast<const char*>(this)[i];
      sum += static_cast<unsigned char>(c);
      signed_sum += static_cast<signed char>(c);
    }
    const auto wanted = Number({checksum, sizeof(checksum)});
    return wanted.ok() && (*wanted == sum || static_cast<int64_t>(*wanted) == signed_sum);
  }

  std::string Name() const {
    const std::string_view plain = Field(name, sizeof(name));
    // "ustar\0" is POSIX, whose prefix continues the name; "ustar " is GNU, whose prefix holds times.
    const std::string_view before = std::memcmp(magic, "ustar\0", 6) == 0 ? Field(prefix, sizeof(prefix)) : "";
    return before.empty() ? std::string(plain) : std::string(before) + "/" + std::string(plain);
  }
};

Result<bool> TarReader::ReadBlock(Block& block) {
  static_assert(sizeof(Block) == kBlock);
  TRY(const size_t got, source_.Read({reinterpret_cast<char*>(&block), kBlock}));
  if (first_ && (got < kBlock || (!block.IsZero() && !block.ChecksumHolds()))) {
    return MakeError(ErrorCode::kInvalid, "this is not a tar file, plain or gzip");
  }
  first_ = false;
  if (got == 0 || (got == kBlock && block.IsZero())) return false;  // some writers leave the closing blocks out
  if (got < kBlock) return Damaged("it ends inside a header");
  if (!block.ChecksumHolds()) return Damaged("a header's checksum is wrong");
  return true;
}

Result<std::optional<TarEntry>> TarReader::Next() {
  TRYV(Skip());
  Extended extended;
  for (;;) {
    Block block;
    TRY(const bool more, ReadBlock(block));
    if (!more) return std::optional<TarEntry>();
    TRY(uint64_t size, Number({block.size, sizeof(block.size)}));
    if (block.type == 'x' || block.type == 'L' || block.type == 'K' || block.type == 'g') {
      TRYV(ReadExtended(block, size, extended));
      continue;
    }
    if (block.type == 'S') return MakeError(ErrorCode::kNotSupported, "sparse files in tarballs are not supported");
    TarEntry entry;
    entry.name = Clean(extended.path.value_or(extended.long_name.value_or(block.Name())));
    entry.link =
        extended.link.value_or(extended.long_link.value_or(std::string(Field(block.link, sizeof(block.link)))));
    switch (block.type) {
      case '0':
      case '\0':
      case '7': entry.type = TarEntry::Type::kFile; break;
      case '1': entry.type = TarEntry::Type::kHardLink; break;
      case '2': entry.type = TarEntry::Type::kSymlink; break;
      default: entry.type = TarEntry::Type::kOther; break;
    }
    // Only files have content; a size in the header of a link or directory is to be ignored.
    entry.size = entry.type == TarEntry::Type::kFile ? extended.size.value_or(size) : 0;
    if (entry.size > kMaxSize) return Damaged("\"" + entry.name + "\" claims to be larger than any disk");
    left_ = entry.size;
    padding_ = (kBlock - entry.size % kBlock) % kBlock;
    return std::optional<TarEntry>(std::move(entry));
  }
}

Result<size_t> TarReader::Read(std::span<char> buffer) {
  const size_t want = static_cast<size_t>(std::min<uint64_t>(left_, buffer.size()));
  if (want == 0) return size_t{0};
  TRY(const size_t got, source_.Read(buffer.first(want)));
  if (got < want) return Damaged("it is cut off inside a file");
  left_ -= got;
  return got;
}

Status TarReader::Skip() {
  std::array<char, 16 << 10> scratch;
  while (left_ > 0)
    TRYV([&]() -> Status {
      TRY([[maybe_unused]] const size_t got, Read(scratch));
      return {};
    }());
  if (padding_ > 0) {
    // A last file without its padding is accepted: nothing of its content is missing.
    TRY([[maybe_unused]] const size_t got, source_.Read(std::span<char>(scratch).first(padding_)));
    padding_ = 0;
  }
  return {};
}

Result<std::string> TarReader::ReadText(uint64_t size) {
  if (size > kMaxText) return Damaged("a name or header claims to be larger than a megabyte");
  left_ = size;
  padding_ = (kBlock - size % kBlock) % kBlock;
  std::string text(size, '\0');
  TRY([[maybe_unused]] const size_t got, Read(text));
  TRYV(Skip());
  return text;
}

Status TarReader::ReadExtended(const Block& block, uint64_t size, Extended& extended) {
  TRY(const std::string text, ReadText(size));
  switch (block.type) {
    case 'L': extended.long_name = text.c_str(); break;  // up to its NUL
    case 'K': extended.long_link = text.c_str(); break;
    case 'x': return ParsePax(text, extended);
    default: break;  // 'g' sets defaults for the archive; nothing that is read here
  }
  return {};
}

// Records are "<length> <key>=<value>\n", the length counting all of it.
Status TarReader::ParsePax(std::string_view records, Extended& extended) {
  while (!records.empty() && records.front() != '\0') {
    size_t length = 0;
    const auto [end, error] = std::from_chars(records.data(), records.data() + records.size(), length);
    const size_t head = static_cast<size_t>(end - records.data()) + 1;
    if (error != std::errc() || length <= head || length > records.size() || records[head - 1] != ' ' ||
        records[length - 1] != '\n') {
      return Damaged("a pax header is malformed");
    }
    const std::string_view record = records.substr(head, length - head - 1);
    records.remove_prefix(length);
    const size_t equals = record.find('=');
    if (equals == std::string_view::npos) return Damaged("a pax header is malformed");
    const std::string_view key = record.substr(0, equals);
    const std::string_view value = record.substr(equals + 1);
    if (key == "path") extended.path = value;
    if (key == "linkpath") extended.link = value;
    if (key.starts_with("GNU.sparse.")) {
      return MakeError(ErrorCode::kNotSupported, "sparse files in tarballs are not supported");
    }
    if (key == "size") {
      uint64_t size = 0;
      const auto parsed = std::from_chars(value.data(), value.data() + value.size(), size);
      if (parsed.ec != std::errc() || parsed.ptr != value.data() + value.size())
        return Damaged("a pax size is no number");
      extended.size = size;
    }
  }
  return {};
}

}  // namespace ordinal::cri
