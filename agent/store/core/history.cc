#include "agent/store/core/history.h"

#include <algorithm>
#include <optional>

namespace ordinal::store {
namespace {

// A parsed document takes about five times its text on the heap (map nodes, strings).
constexpr size_t kHeapPerTextByte = 5;

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
  const size_t cost = change.bytes * kHeapPerTextByte;
  log.records.push_back({WatchEvent{change.type, change.object, change.old, change.revision}, cost});
  order_.push_back(&log);
  cost_ += cost;
  while (order_.size() > limits_.events || (cost_ > limits_.bytes && order_.size() > 1)) ForgetOldest();
}

void History::ForgetOldest() {
  KindLog& log = *order_.front();
  order_.pop_front();
  log.forgotten = log.records.front().event.revision;
  cost_ -= log.records.front().cost;
  log.records.pop_front();
}

bool History::Reaches(const std::string& kind, uint64_t revision) const {
  if (revision < base_) return false;
  const auto log = kinds_.find(kind);
  return log == kinds_.end() || revision >= log->second.forgotten;
}

std::vector<WatchEvent> History::Read(const std::string& kind, const ListOptions& options, uint64_t revision) const {
  std::vector<WatchEvent> events;
  const auto log = kinds_.find(kind);
  if (log == kinds_.end()) return events;
  const auto& records = log->second.records;
  auto next = std::upper_bound(records.begin(), records.end(), revision,
                               [](uint64_t wanted, const Record& record) { return wanted < record.event.revision; });
  for (; next != records.end(); ++next) {
    if (auto event = View(next->event, options)) events.push_back(std::move(*event));
  }
  return events;
}

bool History::Quiet(const std::string& kind, uint64_t revision) const {
  const auto log = kinds_.find(kind);
  if (log == kinds_.end() || log->second.records.empty()) return true;
  return log->second.records.back().event.revision <= revision;
}

Objects History::Before(const std::string& kind, uint64_t revision, Objects now) const {
  const auto log = kinds_.find(kind);
  if (log == kinds_.end()) return now;
  const auto& records = log->second.records;
  for (auto record = records.rbegin(); record != records.rend() && record->event.revision > revision; ++record) {
    const WatchEvent& event = record->event;
    const Place place(event.object.ns(), event.object.name());
    if (event.type == EventType::kAdded) {
      now.erase(place);
    } else {
      now.insert_or_assign(place, event.old);
    }
  }
  return now;
}

}  // namespace ordinal::store
