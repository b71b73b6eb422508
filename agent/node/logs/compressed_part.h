// CompressedPart: a plain part of a log becomes a compressed one, a piece at a time. Blocks: used on the blocking pool,
// by one call at a time; no call takes longer than a piece, or than the disk takes for 9 MiB.
//
//   0.log.A ──> 0.log.A.tmp ──(whole, on the disk)──> 0.log.A.gz, then 0.log.A is removed
#pragma once

#include <sys/stat.h>
#include <zlib.h>

#include <memory>
#include <string>
#include <vector>

#include "agent/base/fd.h"
#include "agent/base/result.h"

namespace ordinal::node {

class CompressedPart {
 public:
  /// kNotFound when the part is gone, as when it was the oldest or its container was removed. kUnavailable while it is
  /// open for writing: a runtime that is slow has not let go of it, and its lines would be lost.
  static Result<std::unique_ptr<CompressedPart>> Begin(const std::string& part);
  /// Takes the draft away when it did not come to its end.
  ~CompressedPart();
  CompressedPart(const CompressedPart&) = delete;
  CompressedPart& operator=(const CompressedPart&) = delete;

  /// True when it is done. kNotFound when the part was removed meanwhile.
  Result<bool> Step();

 private:
  explicit CompressedPart(std::string part);
  Status Open();
  Status Deflate(int flush);
  Status Sync();
  Status Finish();

  const std::string part_, draft_;
  Fd plain_, compressed_;
  struct stat facts_ {};
  z_stream stream_{};
  std::vector<unsigned char> in_, out_;
  size_t unsynced_ = 0;  ///< bytes written
  bool drafted_ = false;
};

}  // namespace ordinal::node
