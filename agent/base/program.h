// RunProgram: another program's output, bounded in time and size. For what no library and no protocol tells.
#pragma once

#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/result.h"

namespace ordinal {

struct ProgramOutcome {
  int exit_code = 0;   ///< 128 + signal when a signal ended it
  std::string output;  ///< its standard output, cut at `most` bytes
};

/// Runs `arguments[0]` (a path) with an empty standard input and its standard error thrown away. Blocks until it ends,
/// which it is made to after `within`. kNotFound and the like when it cannot be started, kDeadlineExceeded when it was
/// ended. Callable from any thread.
Result<ProgramOutcome> RunProgram(const std::vector<std::string>& arguments, const Clock& clock, Duration within,
                                  size_t most);

}  // namespace ordinal
