// LogCompression: parts of logs that are to be compressed, one after another, beside everything else.
#pragma once

#include <deque>
#include <set>
#include <string>

#include "agent/base/blocking_pool.h"
#include "agent/base/clock.h"
#include "agent/base/signal.h"

namespace ordinal::node {

/// Control thread only; does not block it.
class LogCompression {
 public:
  LogCompression(const Executor& executor, Clock& clock, BlockingPool& pool);

  /// `part`: the path of a plain part. Known ones are not taken twice.
  void Add(const std::string& part);
  /// Those that wait, and the one at work.
  std::set<std::string> Waiting() const { return {waiting_.begin(), waiting_.end()}; }

  /// Compresses what is added, for ever. One that somebody still writes to waits behind the others, and is asked for
  /// again after some seconds until it is closed or gone. One that fails is left plain: the next rotation adds it
  /// again. Failures are said once, until one succeeds.
  Task<void> Run();

 private:
  Task<Status> Compress(std::string part);

  Clock& clock_;
  BlockingPool& pool_;
  std::deque<std::string> waiting_;  ///< the first is at work
  size_t refused_ = 0;               ///< so many one after another are written to
  bool failed_ = false;              ///< said already
  Signal added_;
};

}  // namespace ordinal::node
