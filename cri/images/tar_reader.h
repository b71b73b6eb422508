// TarReader: the entries of a tar stream, one after the other. Formats: v7, POSIX ustar, pax (path, linkpath, size)
// and GNU (long names 'L' and 'K', base-256 sizes). Sparse files are kNotSupported; image tarballs have none.
//
// The input is not trusted: sizes are checked against what is there, headers against their checksum, and names are
// only compared, never opened. Blocking, like its source.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "cri/images/byte_source.h"

namespace ordinal::cri {

struct TarEntry {
  enum class Type { kFile, kHardLink, kSymlink, kOther };
  Type type = Type::kFile;
  std::string name;  ///< as written, without leading "./" and trailing "/"
  std::string link;  ///< target of a link, as written
  uint64_t size = 0;
};

class TarReader {
 public:
  explicit TarReader(ByteSource& source) : source_(source) {}

  /// The next entry, skipping what was not read of the last one; nothing at the end of the archive.
  /// kInvalid: this is not a tar stream, or it is damaged or cut off.
  Result<std::optional<TarEntry>> Next();
  /// The entry's next bytes: fills `buffer` as far as it can, 0 at the entry's end.
  Result<size_t> Read(std::span<char> buffer);

 private:
  struct Block;
  struct Extended {
    std::optional<std::string> path, link;
    std::optional<uint64_t> size;
    std::optional<std::string> long_name, long_link;
  };

  Status Skip();
  Result<std::string> ReadText(uint64_t size);
  Result<bool> ReadBlock(Block& block);
  Status ReadExtended(const Block& block, uint64_t size, Extended& extended);
  Status ParsePax(std::string_view records, Extended& extended);

  ByteSource& source_;
  uint64_t left_ = 0;     ///< of the current entry's content
  uint64_t padding_ = 0;  ///< after it
  bool first_ = true;
};

}  // namespace ordinal::cri
