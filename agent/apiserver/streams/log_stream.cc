#include "agent/apiserver/streams/log_stream.h"

#include <utility>

#include "agent/base/loops.h"

namespace ordinal::apiserver::streams {
namespace {

constexpr size_t kPiece = 64 << 10;
// The runtime copies a process's last words into the file; that may end just after the process did, or after a rotation
// had it begin a new one.
constexpr Duration kLastWords = std::chrono::milliseconds(100);

/// Closes it on the pool: large parts that were removed meanwhile are freed with it.
Task<void> LetGo(BlockingPool& pool, std::shared_ptr<LogFile> file) {
  auto let_go = [held = std::move(file)]() mutable {
    held.reset();
    return Status();
  };
  [[maybe_unused]] const Status done = co_await pool.Run(std::move(let_go));
}

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
  if (!asked_ && file_) SpawnOnce(executor_, "closing a log", LetGo(pool_, std::move(file_)));
}

std::string LogStream::TakePiece() {
  if (pending_.size() <= kPiece) return std::exchange(pending_, {});
  std::string piece = pending_.substr(0, kPiece);
  pending_.erase(0, kPiece);
  return piece;
}

Task<Result<std::string>> LogStream::Next() {
  asked_ = true;
  Result<std::string> piece = co_await NextPiece();
  asked_ = false;
  if (closed_ || !piece.ok() || piece->empty()) {
    std::shared_ptr<LogFile> file = std::exchange(file_, nullptr);
    co_await LetGo(pool_, std::move(file));
  }
  co_return piece;
}

Task<Result<std::string>> LogStream::NextPiece() {
  while (!closed_) {
    if (!file_) co_return std::string();
    if (!pending_.empty()) co_return TakePiece();
    auto read = [file = file_] { return file->Read(); };
    CO_TRY(LogPiece piece, co_await pool_.Run(std::move(read)));
    pending_ = std::move(piece.text);
    if (piece.then == LogPiece::Then::kMoment) co_await Pause();
    if (!pending_.empty() || piece.then != LogPiece::Then::kEnd) continue;
    const bool more = co_await AwaitMore();
    if (!more && !closed_) co_return std::string();
  }
  co_return MakeError(ErrorCode::kCancelled, "the client is gone");
}

/// Everything was read. False when nothing will come any more.
Task<bool> LogStream::AwaitMore() {
  if ((!run_ && !ended_) || file_->Full() || last_look_) co_return false;
  if (run_ && !run_->Ended()) {
    co_await wake_.Wait();
  } else {
    co_await AwaitEnd();
  }
  co_return true;
}

/// The run has ended, and its process may have done so before the runtime has written what it said.
Task<void> LogStream::AwaitEnd() {
  auto look = [file = file_]() -> Result<Writers> { return file->StillWritten(); };
  const Result<Writers> looked = co_await pool_.Run(std::move(look));
  const Writers writers = looked.ok() ? *looked : Writers::kUnknown;
  last_look_ = writers != Writers::kSome || ++moments_ >= kMostMoments;
  if (writers == Writers::kSome || (writers == Writers::kUnknown && run_)) co_await Pause();
}

/// Whatever wakes this meanwhile.
Task<void> LogStream::Pause() {
  bool over = false;
  const TimerHandle timer = clock_.After(kLastWords, [this, &over] {
    over = true;
    wake_.Notify();
  });
  while (!over && !closed_) co_await wake_.Wait();
}

}  // namespace ordinal::apiserver::streams
