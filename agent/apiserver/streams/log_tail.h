// Finds where the last lines of a log begin: backwards in plain parts, as logs may be large; by counting first in
// compressed ones. A piece at a time; blocks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/apiserver/streams/log_part.h"

namespace ordinal::apiserver::streams {

/// Counts lines from the end of a log, over one part after another, the newest first. A line that the runtime wrote in
/// several records counts once; a last one whose end is not written yet does not count.
class LogTail {
 public:
  enum class Found {
    kNotYet,  ///< look again at the same part
    kHere,    ///< the part is left where the lines begin; TakeRest() comes before what it gives
    kOlder,   ///< look at the part before this one, which is left at its beginning
  };
  explicit LogTail(int64_t lines) : wanted_(lines) {}

  Result<Found> Look(LogPart& part);
  /// What was read of the part behind the place.
  std::string TakeRest() { return std::move(rest_); }

 private:
  /// Where a plain part is looked at.
  struct Backwards {
    int64_t end;            ///< all behind it was looked at
    int64_t line_end = -1;  ///< of the '\n' that ends the record whose beginning is looked for
  };
  /// Counts the records of a compressed part, then passes over those that are not wanted.
  struct Forwards {
    std::string head;             ///< the beginning of the record that is being read
    int64_t lines = 0;            ///< records that end one
    bool inside = false;          ///< the last record does not
    std::optional<int64_t> skip;  ///< so many lines come before the wanted ones
  };

  Result<Found> LookBackwards(LogPart& part);
  Result<Found> Block(LogPart& part, int64_t begin, std::string_view block);
  Result<bool> BeginsBehind(const LogPart& part, int64_t record);
  Result<Found> LookForwards(LogPart& part);
  Found Counted(LogPart& part);

  const int64_t wanted_;
  int64_t seen_ = 0;
  std::optional<Backwards> backwards_;
  std::optional<Forwards> forwards_;
  std::string rest_;
};

}  // namespace ordinal::apiserver::streams
