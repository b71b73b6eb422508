#include "agent/apiserver/streams/log_stream.h"

#include <utility>

namespace ordinal::apiserver::streams {
namespace {

constexpr size_t kPiece = 64 << 10;
// The runtime copies a process's last words into the file; that may end just after the process did.
constexpr Duration kLastWords = std::chrono::milliseconds(100);

}  // namespace

LogStream::LogStream(const Executor& executor, BlockingPool& pool, Clock& clock, std::shared_ptr<LogFile> file)
    : executor_(executor), pool_(pool), clock_(clock), file_(std::move(file)), wake_(executor) {}

void LogStream::Follow(store::ObjectReader& store, const std::string& directory, FollowedRun run) {
  const auto wake = [this] { wake_.Notify(); };
  changes_.emplace(executor_, clock_, directory, wake);
  run_.emplace(executor_, store, clock_, std::move(run), wake);
}

void LogStream::Close() {
  closed_ = true;
  wake_.Notify();
}

std::string LogStream::TakePiece() {
  if (pending_.size() <= kPiece) return std::exchange(pending_, {});
  std::string piece = pending_.substr(0, kPiece);
  pending_.erase(0, kPiece);
  return piece;
}

Task<Result<std::string>> LogStream::Next() {
  while (!closed_) {
    if (!pending_.empty()) co_return TakePiece();
    auto read = [file = file_] { return file->Read(); };
    CO_TRY(pending_, co_await pool_.Run(std::move(read)));
    if (!pending_.empty()) continue;
    const bool more = co_await AwaitMore();
    if (!more && !closed_) co_return std::string();
  }
  co_return MakeError(ErrorCode::kCancelled, "the client is gone");
}

/// Everything was read. False when nothing will come any more.
Task<bool> LogStream::AwaitMore() {
  if (!run_ || file_->Full() || last_look_) co_return false;
  if (!run_->Ended()) {
    co_await wake_.Wait();
    co_return true;
  }
  last_look_ = true;
  const TimerHandle timer = clock_.After(kLastWords, [this] { wake_.Notify(); });
  co_await wake_.Wait();
  co_return true;
}

}  // namespace ordinal::apiserver::streams
