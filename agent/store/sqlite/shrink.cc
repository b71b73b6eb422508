#include "agent/store/sqlite/shrink.h"

#include <algorithm>

namespace ordinal::store {
namespace {

constexpr uint64_t kPageBytes = 8192;
// Free pages that are left alone (512 KiB): the next writes take them.
constexpr uint64_t kSpare = 64;
// Free pages from which a step is taken although somebody may wait, when they outweigh the used ones (4 MiB).
constexpr uint64_t kTooMany = 512;
constexpr size_t kCommitsALook = 16;
// Rows removed since the last look at how full pages are.
constexpr size_t kManyRows = 500;
// A log that had more pages is cut (1 MiB): a shorter one costs nothing and is written over.
constexpr int kLogToCut = 128;

constexpr std::chrono::milliseconds kBurstOver{1000};  // until a burst counts as over
constexpr std::chrono::milliseconds kPause{20};        // between two steps: writes come first

constexpr uint64_t kIncremental = 2;  // PRAGMA auto_vacuum

}  // namespace

Status MakeShrinkable(Database& db) {
  TRY(const uint64_t mode, db.QueryNumber("PRAGMA auto_vacuum"));
  return mode == kIncremental ? Status() : db.Execute("PRAGMA auto_vacuum=INCREMENTAL; VACUUM");
}

Result<uint64_t> Shrinker::FreePages() { return db_.QueryNumber("PRAGMA freelist_count"); }

Status Shrinker::Committed(size_t removed, int log_pages) {
  removed_ += removed;
  longest_log_ = std::max(longest_log_, log_pages);
  due_in_ = kBurstOver;
  if (++commits_ < kCommitsALook) return {};
  commits_ = 0;
  TRY(const uint64_t free, FreePages());
  if (free < kTooMany) return {};
  TRY(const uint64_t pages, db_.QueryNumber("PRAGMA page_count"));
  return free > pages / 2 ? Step() : Status();
}

/// The file is cut where its log is moved into it, and not before.
Status Shrinker::Step() {
  longest_log_ = std::max(longest_log_, kLogToCut);
  return db_.Execute("PRAGMA incremental_vacuum(256)");
}

Status Shrinker::Tidy() {
  due_in_ = std::chrono::milliseconds::zero();  // a step that fails is tried again after the next commit
  TRY(const uint64_t free, FreePages());
  if (free > kSpare) {
    TRYV(Step());
    due_in_ = kPause;
    return {};
  }
  if (removed_ >= kManyRows) {
    TRY(const bool half_empty, HalfEmpty());
    if (half_empty) longest_log_ = std::max(longest_log_, kLogToCut);
    if (half_empty) TRYV(db_.Execute("VACUUM"));
    removed_ = 0;
  }
  if (longest_log_ < kLogToCut) return {};
  TRYV(db_.CutLog());
  longest_log_ = 0;
  return {};
}

Result<bool> Shrinker::HalfEmpty() {
  TRY(const uint64_t pages, db_.QueryNumber("PRAGMA page_count"));
  constexpr uint64_t kSmall = 2 * 1024 * 1024;
  if (pages * kPageBytes <= kSmall) return false;
  TRY(const uint64_t content, db_.QueryNumber("SELECT coalesce(sum(length(CAST(body AS BLOB))), 0) FROM objects"));
  return pages * kPageBytes > kSmall + 2 * content;
}

}  // namespace ordinal::store
