#include "agent/node/logs/compression.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "agent/base/caught.h"
#include "agent/base/log.h"
#include "agent/node/logs/compressed_part.h"

namespace ordinal::node {
namespace {

// Between two looks at parts that are all written to. Others that are added meanwhile wait as long.
constexpr Duration kWritten = std::chrono::seconds(5);

}  // namespace

LogCompression::LogCompression(const Executor& executor, Clock& clock, BlockingPool& pool)
    : clock_(clock), pool_(pool), added_(executor) {}

void LogCompression::Add(const std::string& part) {
  if (std::find(waiting_.begin(), waiting_.end(), part) != waiting_.end()) return;
  waiting_.push_back(part);
  added_.Notify();
}

Task<void> LogCompression::Run() {
  while (true) {
    while (waiting_.empty()) co_await added_.Wait();
    const Status compressed = co_await Caught(Compress(waiting_.front()));
    const std::string part = std::move(waiting_.front());
    waiting_.pop_front();
    const ErrorCode code = compressed.ok() ? ErrorCode::kInternal : compressed.error().code;
    if (code == ErrorCode::kUnavailable) {  // it is written to: its turn comes
      waiting_.push_back(part);
      if (++refused_ < waiting_.size()) continue;
      co_await Sleep(clock_, kWritten);
    }
    refused_ = 0;
    // Gone: it was the oldest part by then, or its container was removed.
    if (code == ErrorCode::kNotFound || code == ErrorCode::kUnavailable) continue;
    const bool before = std::exchange(failed_, !compressed.ok());
    if (!compressed.ok() && !before) log::Warning("compressing a log: {}", compressed.error().message);
  }
}

/// Each piece is a call of its own, so that others of the pool come between. Its files are closed on the pool too: to
/// free a large one takes its time.
Task<Status> LogCompression::Compress(std::string part) {
  auto begin = [part] { return CompressedPart::Begin(part); };
  CO_TRY(std::shared_ptr<CompressedPart> work, co_await pool_.Run(std::move(begin)));
  Result<bool> done = false;
  while (done.ok() && !*done) {
    auto step = [work] { return work->Step(); };
    done = co_await pool_.Run(std::move(step));
  }
  auto let_go = [held = std::move(work)]() mutable {
    held.reset();
    return Status();
  };
  CO_TRYV(co_await pool_.Run(std::move(let_go)));
  co_return done.ok() ? Status() : Status(done.error());
}

}  // namespace ordinal::node
