// Sets of completion indexes, as "1,3-5,7": what status.completedIndexes, failedIndexes and success policies are
// written in. Costs memory by intervals, not by indexes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::api {

class IndexSet {
 public:
  /// kInvalid for anything but ascending numbers and intervals below `limit`. An empty text is the empty set.
  static Result<IndexSet> Parse(std::string_view text, int64_t limit);
  /// The same of what the system wrote: indexes from `limit` on are left out, and so is what cannot be read.
  static IndexSet ParseBelow(std::string_view text, int64_t limit);

  void Add(int64_t index) { Add(index, index); }
  void Add(int64_t first, int64_t last);
  void Add(const IndexSet& other);
  bool Has(int64_t index) const;
  int64_t Count() const;
  /// How many indexes both have.
  int64_t CountIn(const IndexSet& other) const;
  bool empty() const { return last_by_first_.empty(); }
  /// The lowest indexes from 0 on that are not in it: at most `count`, all below `limit`.
  std::vector<int64_t> Missing(int64_t count, int64_t limit) const;
  /// Two indexes that follow each other are written "3,4", three and more "3-5".
  std::string ToString() const;

  bool operator==(const IndexSet&) const = default;

 private:
  std::map<int64_t, int64_t> last_by_first_;  // intervals that neither overlap nor touch
};

}  // namespace ordinal::api
