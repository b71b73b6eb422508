// Loops: work that goes on for as long as the agent does. An exception that nobody expected ends one round of it, which
// is logged and begun anew; the agent, and what all others do, goes on.
#pragma once

#include <functional>
#include <string>

#include "agent/base/clock.h"

namespace ordinal {

inline constexpr Duration kFirstLoopPause = std::chrono::seconds(1), kLongestLoopPause = std::chrono::minutes(1);

/// What a loop is made of, each time that it begins.
using BeginLoop = std::function<Task<void>()>;

/// Runs what `begin` makes, and ends with it. After an exception it begins again: kFirstLoopPause later, then twice as
/// long each time, up to kLongestLoopPause; what went on for longer than that begins with the first pause again. So
/// it must be fit to begin anew wherever it was.
Task<void> Again(Clock& clock, std::string name, BeginLoop begin);

/// Starts Again() on `executor`. `clock`, and what `begin` refers to, outlive it.
void SpawnLoop(const Executor& executor, Clock& clock, std::string name, BeginLoop begin);

/// Starts `task`. An exception that ends it is logged, and that is all: nobody waits for its end, and it comes again by
/// itself when it is needed.
void SpawnOnce(const Executor& executor, std::string name, Task<void> task);

/// Runs `io` until it has nothing more to do, or is stopped. An exception of a handler is logged, and is the end of
/// that handler alone.
void RunWhole(asio::io_context& io);

}  // namespace ordinal
