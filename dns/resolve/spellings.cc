#include "dns/resolve/spellings.h"

#include <algorithm>
#include <array>

namespace ordinal::dns {
namespace {

constexpr int kDots = 5;  // options ndots:5

/// `labels` (no root at their end) followed by `tail` (with one) exists.
bool Exists(const Snapshot& snapshot, std::string_view labels, std::string_view tail) {
  std::array<char, wire::kMaxNameSize> whole;
  if (labels.size() + tail.size() > whole.size()) return false;
  std::copy(labels.begin(), labels.end(), whole.begin());
  std::copy(tail.begin(), tail.end(), whole.begin() + static_cast<ptrdiff_t>(labels.size()));
  return snapshot.Find({whole.data(), labels.size() + tail.size()}) != nullptr;
}

/// Something that exists by itself stands before one entry of a search list.
bool BeginsWithAWholeName(const Snapshot& snapshot, std::string_view name) {
  constexpr std::string_view kRoot("\0", 1);
  const std::string_view zone = snapshot.zone().wire();
  int dots = -1;
  for (size_t at = 0; name[at] != 0; ++dots) {
    const std::string_view labels = name.substr(0, at);
    const bool of_zone = labels.size() + 1 > zone.size() && labels.ends_with(zone.substr(0, zone.size() - 1));
    if (of_zone && dots >= kDots && Exists(snapshot, labels, kRoot)) return true;
    at += static_cast<uint8_t>(name[at]) + 1U;
  }
  return false;
}

bool CompletesToAWholeName(const Snapshot& snapshot, std::string_view name) {
  const std::string_view labels = name.substr(0, name.size() - 1);
  int dots = -1;
  for (size_t at = 0; at < labels.size(); ++dots) at += static_cast<uint8_t>(labels[at]) + 1U;
  if (labels.empty() || dots >= kDots) return false;
  const auto& search = snapshot.search();
  return std::any_of(search.begin(), search.end(),
                     [&](std::string_view tail) { return Exists(snapshot, labels, tail); });
}

}  // namespace

bool SpellsAnExistingName(const Snapshot& snapshot, std::string_view name) {
  return BeginsWithAWholeName(snapshot, name) ||
         (!wire::EndsWithName(name, snapshot.zone().wire()) && CompletesToAWholeName(snapshot, name));
}

}  // namespace ordinal::dns
