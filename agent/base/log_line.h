// How a message becomes one line of the log, whatever is in it. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace ordinal::log {

/// The message as it is written: "\n" for a line's end, "\x1b" for every other byte of what is not shown (control
/// characters, bytes that are no UTF-8, signs that turn the direction of a text), cut off beyond 16 KiB. So a name, a
/// path or a runtime's error can neither begin a line of its own nor steer a terminal.
std::string OneLine(std::string_view message);

}  // namespace ordinal::log
