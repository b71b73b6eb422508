// ByteSource: bytes of a file in order, decompressed when it is gzip. Blocking: used on a BlockingPool thread.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "agent/base/result.h"

namespace ordinal::cri {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills `buffer` as far as it can; fewer bytes than its size only at the end, 0 at the very end.
  /// kInvalid: the compressed data is damaged or cut off.
  virtual Result<size_t> Read(std::span<char> buffer) = 0;
};

/// Opens `path`; gzip (one member or several) is recognised by its first two bytes, whatever the file's name.
Result<std::unique_ptr<ByteSource>> OpenBytes(const std::string& path);

}  // namespace ordinal::cri
