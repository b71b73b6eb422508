// History: the last changes, by kind, so that a watch may start in the past. Pure data, no I/O.
//
// Bounded for the whole store by count and by memory; the oldest change goes first, whatever its kind. What was
// forgotten is remembered per kind: a watch on a quiet kind stays valid however busy the others are.
//
//   kind Pod      [.........] 12 15 16 19      forgotten up to 11
//   kind Lease    [..] 13 14 17 18 20          forgotten up to 4
#pragma once

#include <deque>
#include <map>
#include <string>

#include "agent/store/core/change.h"
#include "agent/store/core/index.h"

namespace ordinal::store {

struct HistoryLimits {
  size_t events = 4096;
  size_t bytes = 2 * 1024 * 1024;  ///< of heap, estimated; old versions count, the newest live in the index anyway
};

class History {
 public:
  /// Everything up to `revision` counts as forgotten: it happened before this process.
  History(uint64_t revision, HistoryLimits limits) : base_(revision), limits_(limits) {}

  /// Revisions must ascend; they may leave gaps.
  void Append(const Change& change);

  /// Whether every change of `kind` after `revision` is still here.
  bool Reaches(const std::string& kind, uint64_t revision) const;
  /// The changes of `kind` after `revision`, oldest first, as a watch with `options` sees them.
  std::vector<WatchEvent> Read(const std::string& kind, const ListOptions& options, uint64_t revision) const;

  /// Whether nothing of `kind` changed after `revision`, as far as is known.
  bool Quiet(const std::string& kind, uint64_t revision) const;
  /// What `now`, all objects of `kind`, was at `revision`, which the history reaches.
  Objects Before(const std::string& kind, uint64_t revision, Objects now) const;

  size_t size() const { return order_.size(); }

 private:
  struct Record {
    WatchEvent event;
    size_t cost = 0;
  };
  struct KindLog {
    std::deque<Record> records;
    uint64_t forgotten = 0;
  };
  void ForgetOldest();

  uint64_t base_;
  HistoryLimits limits_;
  std::map<std::string, KindLog> kinds_;
  std::deque<KindLog*> order_;  // one entry a record, oldest first; map nodes do not move
  size_t cost_ = 0;
};

}  // namespace ordinal::store
