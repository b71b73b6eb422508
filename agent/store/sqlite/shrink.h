// Shrink: gives the disk back what store.db and its log no longer need. SQLite keeps the pages of what was deleted;
// they are moved to the end of the file and cut off, some at a time:
//
//   under load      a step now and then, once free pages outweigh the used ones
//   then quiet      free pages, the log, and a file whose pages are half empty (rewritten whole)
//   then            nothing: no look and no write until the next commit
//
// The file stays below twice its content and 4 MiB; its log is cut to nothing once it was longer than 1 MiB.
// Used on the writer thread. Calls block on the disk.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "agent/store/sqlite/database.h"

namespace ordinal::store {

/// Makes a file that an older agent made one that can be shrunk, by rewriting it once. Call at open.
Status MakeShrinkable(Database& db);

class Shrinker {
 public:
  explicit Shrinker(Database& db) : db_(db) {}

  /// After a commit that removed so many rows and left so many pages in the log. Takes some milliseconds at most.
  Status Committed(size_t removed, int log_pages);
  /// How long the writer is to be idle before Tidy(); none: there is nothing to do.
  std::chrono::milliseconds due_in() const { return due_in_; }
  bool due() const { return due_in_ != std::chrono::milliseconds::zero(); }
  /// A step of what is to be done while nobody waits: some ten milliseconds, but for the rewriting of a file, which
  /// takes a second for each 100 MB of content.
  Status Tidy();

 private:
  Result<uint64_t> FreePages();
  Status Step();
  Result<bool> HalfEmpty();

  Database& db_;
  std::chrono::milliseconds due_in_{0};
  size_t removed_ = 0;   // rows, since the file was last rewritten or found well filled
  size_t commits_ = 0;   // since free pages were last counted
  int longest_log_ = 0;  // pages the log has taken since it was cut
};

}  // namespace ordinal::store
