// RevisionMark: the highest revision that was committed, in a file of its own, so that the store knows when it lost the
// end of its write-ahead log: SQLite takes a log that is gone, cut or scrambled for a shorter one, without a word.
//
//   commit (fdatasync) ──> mark (pwrite) ──> acknowledged          mark (fdatasync) when idle, or every 64 commits
//
// The mark is written after the commit is durable and before anybody hears of it: it is never ahead of a store that
// kept what it was given, whenever the process or the power goes. It is behind when they go between the two, which is
// no loss. For kill -9 it counts at once; what a power cut can take from it is the chance to notice that a disk forgot
// the very last commits although it had confirmed them. One sector, overwritten in place: no metadata changes.
//
// The file is one line of text, "ordinal revision <20 digits> <checksum>". One thread at a time; everything blocks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/base/fd.h"
#include "agent/base/result.h"

namespace ordinal::store {

class RevisionMark {
 public:
  explicit RevisionMark(std::string path) : path_(std::move(path)) {}
  RevisionMark(RevisionMark&&) = default;
  RevisionMark& operator=(RevisionMark&&) = delete;

  /// What the file says; absent when there is none. An error when it says nothing that can be read.
  static Result<std::optional<uint64_t>> Read(const std::string& path);

  /// Makes the file when it is missing. The mark outlives the process once this returns.
  Status Write(uint64_t revision);
  /// It outlives the machine once this returns. Does nothing when nothing was written since.
  Status Sync();

 private:
  Status Open();

  std::string path_;
  Fd file_;
  bool dirty_ = false;
};

}  // namespace ordinal::store
