#include "agent/store/core/history.h"

#include <algorithm>
#include <optional>

namespace ordinal::store {
namespace {

// A parsed document takes about five times its text on the heap (map nodes, strings); its text lies beside it.
constexpr size_t kHeapPerTextByte = 6;
// Recent changes that a write moves into blocks, unless they take far too much memory: a large document displaces
// many small ones, over several writes.
constexpr size_t kPackedPerWrite = 8;
constexpr size_t kFarTooMuch = 4;

/// What a watch with `options` sees of a change: an object that comes into view is added, one that leaves deleted.
std::optional<WatchEvent> View(const WatchEvent& event, const ListOptions& options) {
  const bool before = event.type != EventType::kAdded && Shows(options, event.old);
  const bool after = event.type != EventType::kDeleted && Shows(options, event.object);
  if (!before && !after) return std::nullopt;
  if (before && after) return event;
  if (after) return WatchEvent{EventType::kAdded, event.object, Object(), event.revision};
  if (event.type == EventType::kDeleted) return event;
  return WatchEvent{EventType::kDeleted, event.old.WithRevision(event.revision), event.old, event.revision};
}

}  // namespace

void History::Append(const Change& change) {
  KindLog& log = kinds_[change.object.kind()];
  log.recent.push_back({WatchEvent{change.type, change.object, change.old, change.revision}, change.text});
  recent_.push_back(&log);
  recent_bytes_ += change.text->size() * kHeapPerTextByte;
  newest_ = change.revision;
  ++count_;
  for (size_t packed = 0; recent_.size() > 1; ++packed) {
    if (recent_.size() <= limits_.recent_events && recent_bytes_ <= limits_.recent_bytes) break;
    if (packed >= kPackedPerWrite && recent_bytes_ <= kFarTooMuch * limits_.recent_bytes) break;
    PackOldest();
  }
  while (count_ > limits_.events) ForgetOldest();
  while (bytes_ > limits_.bytes && ForgetOldestBlock()) continue;
}

void History::PackAll() {
  while (!recent_.empty()) PackOldest();
  while (bytes_ > limits_.bytes && ForgetOldestBlock()) continue;
}

void History::PackOldest() {
  KindLog& log = *recent_.front();
  recent_.pop_front();
  if (log.blocks.empty() || log.blocks.back().full()) {
    log.blocks.emplace_back();
  } else {
    bytes_ -= log.blocks.back().bytes();
  }
  Record& oldest = log.recent.front();
  recent_bytes_ -= oldest.text->size() * kHeapPerTextByte;
  log.blocks.back().Append(oldest.event, std::move(oldest.text), shelf_);
  bytes_ += log.blocks.back().bytes();
  log.recent.pop_front();
}

void History::ForgetOldest() {
  KindLog* oldest = nullptr;
  uint64_t revision = 0;
  for (auto& [kind, log] : kinds_) {
    if (log.blocks.empty() && log.recent.empty()) continue;
    const uint64_t first = log.blocks.empty() ? log.recent.front().event.revision : log.blocks.front().first();
    if (oldest != nullptr && first > revision) continue;
    oldest = &log;
    revision = first;
  }
  oldest->forgotten = revision;
  --count_;
  if (!oldest->blocks.empty()) {
    oldest->blocks.front().ForgetFirst();
    if (oldest->blocks.front().empty()) DropFirstBlock(*oldest);
    return;
  }
  recent_.pop_front();  // nothing is older
  recent_bytes_ -= oldest->recent.front().text->size() * kHeapPerTextByte;
  oldest->recent.pop_front();
}

bool History::ForgetOldestBlock() {
  KindLog* oldest = nullptr;
  for (auto& [kind, log] : kinds_) {
    if (log.blocks.empty()) continue;
    if (oldest == nullptr || log.blocks.front().last() < oldest->blocks.front().last()) oldest = &log;
  }
  if (oldest == nullptr) return false;
  oldest->forgotten = oldest->blocks.front().last();
  count_ -= oldest->blocks.front().size();
  DropFirstBlock(*oldest);
  return true;
}

void History::DropFirstBlock(KindLog& log) {
  bytes_ -= log.blocks.front().bytes();
  log.blocks.pop_front();
}

bool History::Reaches(const std::string& kind, uint64_t revision) const {
  if (revision < base_) return false;
  const auto log = kinds_.find(kind);
  return log == kinds_.end() || revision >= log->second.forgotten;
}

History::Piece History::Read(const std::string& kind, const ListOptions& options, uint64_t revision) const {
  Piece piece{{}, newest_};
  const auto take = [&](const WatchEvent& event) {
    if (auto seen = View(event, options)) piece.events.push_back(std::move(*seen));
  };
  const auto log = kinds_.find(kind);
  if (log == kinds_.end()) return piece;
  const auto& blocks = log->second.blocks;
  if (Packed(kind, revision)) {
    const auto block =
        std::upper_bound(blocks.begin(), blocks.end(), revision,
                         [](uint64_t wanted, const ChangeBlock& candidate) { return wanted < candidate.last(); });
    block->Read(
        revision, [&](const Place& place) { return options.ns.empty() || place.first == options.ns; }, take);
    piece.reached = block->last();
    return piece;
  }
  const auto& recent = log->second.recent;
  auto next = std::upper_bound(recent.begin(), recent.end(), revision,
                               [](uint64_t wanted, const Record& record) { return wanted < record.event.revision; });
  for (; next != recent.end(); ++next) take(next->event);
  return piece;
}

bool History::Quiet(const std::string& kind, uint64_t revision) const {
  const auto found = kinds_.find(kind);
  if (found == kinds_.end()) return true;
  const KindLog& log = found->second;
  if (!log.recent.empty()) return log.recent.back().event.revision <= revision;
  return log.blocks.empty() || log.blocks.back().last() <= revision;
}

bool History::Packed(const std::string& kind, uint64_t revision) const {
  const auto found = kinds_.find(kind);
  if (found == kinds_.end()) return false;
  const auto& blocks = found->second.blocks;
  return !blocks.empty() && blocks.back().last() > revision;
}

Objects History::Before(const std::string& kind, uint64_t revision, Objects now) const {
  const auto log = kinds_.find(kind);
  if (log == kinds_.end()) return now;
  std::set<Place> restored;  // by its first change after the revision: that one knows what was before
  const auto restore = [&](const WatchEvent& event) {
    const Place place(event.object.ns(), event.object.name());
    if (!restored.insert(place).second) return;
    if (event.type == EventType::kAdded || event.old.empty()) {
      now.erase(place);
    } else {
      now.insert_or_assign(place, event.old);
    }
  };
  for (const ChangeBlock& block : log->second.blocks) {
    if (block.last() <= revision) continue;
    block.Read(
        revision, [&](const Place& place) { return !restored.contains(place); }, restore);
  }
  for (const Record& record : log->second.recent) {
    if (record.event.revision > revision) restore(record.event);
  }
  return now;
}

}  // namespace ordinal::store
