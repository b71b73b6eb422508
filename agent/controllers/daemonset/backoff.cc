#include "agent/controllers/daemonset/backoff.h"

#include <algorithm>

namespace ordinal::controllers::daemonset {

Duration Backoff::Left(const std::string& key, const std::string& what, SteadyTime now) const {
  const auto row = rows_.find(key);
  if (row == rows_.end() || row->second.what != what) return Duration::zero();
  return std::max<Duration>(row->second.since + row->second.wait - now, Duration::zero());
}

void Backoff::Deleted(const std::string& key, const std::string& what, SteadyTime now) {
  const auto row = rows_.find(key);
  const bool begins = row == rows_.end() || row->second.what != what || now - row->second.since > 2 * kLongest;
  const Duration wait = begins ? kFirst : std::min<Duration>(2 * row->second.wait, kLongest);
  rows_[key] = Row{what, now, wait};
}

}  // namespace ordinal::controllers::daemonset
