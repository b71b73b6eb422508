// Coroutines of the agent: Task<T> is a Boost.Asio awaitable. All of them run on the one control thread
// (the io_context of main.cc) unless a header says otherwise.
//
// GCC 12 destroys two kinds of temporaries twice when they are arguments inside a co_await expression: braced
// aggregates and lambdas with captures that have destructors. Name them first:
//   auto work = [path] { return Read(path); };
//   co_await pool.Run(std::move(work));
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <functional>
#include <string>

#include "agent/base/result.h"

namespace ordinal {

namespace asio = boost::asio;

template <class T>
using Task = asio::awaitable<T>;

using Executor = asio::any_io_executor;

/// Starts `task` on `executor` and lets it run on its own. A coroutine that ends with an exception is a
/// defect: it is logged with `name` and the process is aborted, so that systemd starts a clean one. For work that
/// others wait for, or whose frames others refer to: it catches what may be thrown (caught.h). All else is begun anew,
/// or is over by itself (loops.h).
void Spawn(const Executor& executor, std::string name, Task<void> task);

/// What Spawn() does with the end of a task: nothing, or the abort.
std::function<void(const std::exception_ptr& failure)> Aborting(std::string name);

}  // namespace ordinal
