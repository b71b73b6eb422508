// History: the last changes, by kind, so that a watch may start in the past. Pure data, no I/O.
//
// The newest changes are kept as parsed documents, for the watches that keep up; older ones as texts in compressed
// blocks (block.h), some ten times smaller than that. A write moves a few changes from the one to the other, and fills
// a block at most now and then, so none takes long.
//
// Bounded for the whole store by count and by memory; the oldest changes go first, whatever their kind. What was
// forgotten is remembered per kind: a watch on a quiet kind stays valid however busy the others are.
//
//   kind Pod      [|||||||||||||||||][|||||||||||||||||][|||||   ] 12 15 16 19      forgotten up to 11
//   kind Lease    [|||||||||||||||||][||||    ] 13 14 17 18 20                       forgotten up to 4
//                  blocks                        recent
#pragma once

#include <deque>
#include <map>
#include <string>

#include "agent/store/core/block.h"
#include "agent/store/core/change.h"
#include "agent/store/core/index.h"

namespace ordinal::store {

/// Ten thousand changes of pods take 1 to 3 MiB in blocks; 8 MiB hold five minutes at some 200 changes a second.
struct HistoryLimits {
  size_t events = 100'000;
  size_t bytes = 8 * 1024 * 1024;  ///< of blocks
  size_t recent_events = 512;
  size_t recent_bytes = 2 * 1024 * 1024;  ///< of heap, estimated; of a burst of writes up to four times as much
};

class History {
 public:
  /// Everything up to `revision` counts as forgotten: it happened before this process.
  History(uint64_t revision, HistoryLimits limits) : base_(revision), newest_(revision), limits_(limits) {}

  /// Revisions must ascend; they may leave gaps.
  void Append(const Change& change);
  /// Puts all recent changes into blocks. Documents that were parsed in a burst of writes lie all over the heap, in
  /// small pieces, and keep the allocator from giving back what is free between them. For a quiet moment.
  void PackAll();

  /// Whether every change of `kind` after `revision` is still here.
  bool Reaches(const std::string& kind, uint64_t revision) const;

  struct Piece {
    std::vector<WatchEvent> events;
    uint64_t reached = 0;  ///< they are all that `options` show up to here; go on from here
  };
  /// The changes of `kind` after `revision`, oldest first, as a watch with `options` sees them: one block of them, or
  /// all recent ones. There may be more behind a piece without events, until the newest revision is reached.
  Piece Read(const std::string& kind, const ListOptions& options, uint64_t revision) const;

  /// Whether nothing of `kind` changed after `revision`, as far as is known.
  bool Quiet(const std::string& kind, uint64_t revision) const;
  /// Whether what changed of `kind` after `revision` begins in a block, which Read() unpacks.
  bool Packed(const std::string& kind, uint64_t revision) const;
  /// What `now`, all objects of `kind`, was at `revision`, which the history reaches.
  Objects Before(const std::string& kind, uint64_t revision, Objects now) const;

  size_t size() const { return count_; }
  size_t bytes() const { return bytes_; }  ///< of blocks

 private:
  struct Record {
    WatchEvent event;
    SharedText text;  // of the document
  };
  struct KindLog {
    std::deque<ChangeBlock> blocks;  // older than every recent record; only the last may have room
    std::deque<Record> recent;
    uint64_t forgotten = 0;
  };
  void PackOldest();
  void ForgetOldest();
  bool ForgetOldestBlock();
  void DropFirstBlock(KindLog& log);

  uint64_t base_;
  uint64_t newest_;
  HistoryLimits limits_;
  Shelf shelf_;  // of full blocks
  std::map<std::string, KindLog> kinds_;
  std::deque<KindLog*> recent_;  // one entry a recent record, oldest first; map nodes do not move
  size_t recent_bytes_ = 0;      // heap, estimated
  size_t count_ = 0;
  size_t bytes_ = 0;
};

}  // namespace ordinal::store
