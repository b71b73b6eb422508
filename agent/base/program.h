// RunProgram: another program's words, bounded in time and size. For what no library and no protocol tells.
#pragma once

#include <string>
#include <vector>

#include "agent/base/clock.h"
#include "agent/base/result.h"

namespace ordinal {

struct ProgramLimits {
  Duration within = std::chrono::seconds(30);
  size_t most = 16 << 20;  ///< Bytes kept of what it writes; the rest is read and let go.
};

struct ProgramOutcome {
  int exit_code = 0;      ///< 128 + signal when a signal ended it.
  std::string output;     ///< Its standard output.
  std::string complaint;  ///< Its standard error.
};

/// The code of a process that ended with `status` (waitpid(2)): its own, or 128 + the signal that ended it.
int ExitCodeOf(int status);

/// Runs `arguments[0]` (a path, or a name that is looked up in PATH) with `input` on its standard input. Blocks until
/// it ends, which it is made to when its time is over. kNotFound and the like when it cannot be started,
/// kDeadlineExceeded when it was ended. Callable from any thread.
Result<ProgramOutcome> RunProgram(const std::vector<std::string>& arguments, const ProgramLimits& limits = {},
                                  const std::string& input = {});

}  // namespace ordinal
