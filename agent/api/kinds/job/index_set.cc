#include "agent/api/kinds/job/index_set.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace ordinal::api {
namespace {

std::optional<int64_t> ReadIndex(std::string_view text) {
  int64_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  const bool whole = error == std::errc() && end == text.data() + text.size() && text.front() != '-';
  return whole ? std::optional(index) : std::nullopt;
}

/// "4" or "3-5"; nothing for anything else.
std::optional<std::pair<int64_t, int64_t>> ReadInterval(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const size_t dash = text.find('-', 1);
  const auto first = ReadIndex(text.substr(0, dash));
  if (!first || dash == std::string_view::npos) {
    return first ? std::optional(std::pair(*first, *first)) : std::nullopt;
  }
  const std::string_view rest = text.substr(dash + 1);
  const auto last = rest.empty() ? std::nullopt : ReadIndex(rest);
  return last && *last > *first ? std::optional(std::pair(*first, *last)) : std::nullopt;
}

/// Calls `visit` with each part between commas until it returns false.
template <class Visit>
void EachPart(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const size_t comma = text.find(',');
    if (!visit(text.substr(0, comma))) return;
    if (comma == std::string_view::npos) return;
    text.remove_prefix(comma + 1);
    if (text.empty()) visit(text);  // "1," ends with an empty part
  }
}

}  // namespace

Result<IndexSet> IndexSet::Parse(std::string_view text, int64_t limit) {
  IndexSet set;
  int64_t after = -1;
  std::string fault;
  EachPart(text, [&](std::string_view part) {
    const auto interval = ReadInterval(part);
    if (!interval) {
      fault = "\"" + std::string(part) + "\" is no index and no interval of two, the smaller first";
    } else if (interval->first <= after) {
      fault = "indexes must ascend: " + std::to_string(interval->first) + " follows " + std::to_string(after);
    } else if (interval->second >= limit) {
      fault = "indexes must be below " + std::to_string(limit);
    } else {
      set.Add(interval->first, interval->second);
      after = interval->second;
    }
    return fault.empty();
  });
  if (!fault.empty()) return MakeError(ErrorCode::kInvalid, fault);
  return set;
}

IndexSet IndexSet::ParseBelow(std::string_view text, int64_t limit) {
  IndexSet set;
  EachPart(text, [&](std::string_view part) {
    const auto interval = ReadInterval(part);
    if (interval && interval->first < limit) set.Add(interval->first, std::min(interval->second, limit - 1));
    return true;
  });
  return set;
}

void IndexSet::Add(int64_t first, int64_t last) {
  auto at = last_by_first_.upper_bound(first);
  if (at != last_by_first_.begin() && std::prev(at)->second >= first - 1) {
    --at;
    first = at->first;
  }
  while (at != last_by_first_.end() && at->first <= last + 1) {
    last = std::max(last, at->second);
    at = last_by_first_.erase(at);
  }
  last_by_first_.emplace(first, last);
}

void IndexSet::Add(const IndexSet& other) {
  for (const auto& [first, last] : other.last_by_first_) Add(first, last);
}

bool IndexSet::Has(int64_t index) const {
  const auto after = last_by_first_.upper_bound(index);
  return after != last_by_first_.begin() && std::prev(after)->second >= index;
}

int64_t IndexSet::Count() const {
  int64_t count = 0;
  for (const auto& [first, last] : last_by_first_) count += last - first + 1;
  return count;
}

int64_t IndexSet::CountIn(const IndexSet& other) const {
  int64_t count = 0;
  auto its = other.last_by_first_.begin();
  for (const auto& [first, last] : last_by_first_) {
    while (its != other.last_by_first_.end() && its->second < first) ++its;
    for (auto at = its; at != other.last_by_first_.end() && at->first <= last; ++at) {
      count += std::min(last, at->second) - std::max(first, at->first) + 1;
    }
  }
  return count;
}

std::vector<int64_t> IndexSet::Missing(int64_t count, int64_t limit) const {
  std::vector<int64_t> missing;
  int64_t next = 0;
  const auto take_below = [&](int64_t end) {
    for (; next < std::min(end, limit) && static_cast<int64_t>(missing.size()) < count; ++next) missing.push_back(next);
  };
  for (const auto& [first, last] : last_by_first_) {
    take_below(first);
    if (static_cast<int64_t>(missing.size()) >= count) return missing;
    next = last + 1;
  }
  take_below(limit);
  return missing;
}

std::string IndexSet::ToString() const {
  std::string text;
  for (const auto& [first, last] : last_by_first_) {
    if (!text.empty()) text += ",";
    text += std::to_string(first);
    if (last > first) text += (last == first + 1 ? "," : "-") + std::to_string(last);
  }
  return text;
}

}  // namespace ordinal::api
