// Running a program of the host and reading what it says: iptables has no library.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::network {

/// A program with its arguments, and what it is given on its standard input → its standard output.
using RunCommand =
    std::function<Result<std::string>(const std::vector<std::string>& command, const std::string& input)>;

/// Runs `command` (looked up in PATH) and waits for its end: blocks. kNotFound when there is no such program;
/// kInternal, with what it wrote to its standard error, when it ended otherwise than with 0.
Result<std::string> RunProgram(const std::vector<std::string>& command, const std::string& input = {});

}  // namespace ordinal::network
