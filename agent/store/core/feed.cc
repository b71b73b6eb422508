#include "agent/store/core/feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/base/signal.h"

namespace ordinal::store {

/// A watch is a position in the history, not a queue: however many there are and however slow their readers, they
/// hold no events of their own.
class Feed::Reader final : public Watch {
 public:
  Reader(std::shared_ptr<Feed> feed, std::string kind, ListOptions options, uint64_t revision)
      : feed_(std::move(feed)), kind_(std::move(kind)), options_(std::move(options)), position_(revision) {
    feed_->readers_[kind_].push_back(this);
  }

  ~Reader() override { std::erase(feed_->readers_[kind_], this); }

  Task<Result<std::vector<WatchEvent>>> Next() override {
    const Executor executor = co_await asio::this_coro::executor;
    while (true) {
      if (!feed_->history_.Reaches(kind_, position_)) co_return feed_->Expired(position_);
      History::Piece piece = feed_->history_.Read(kind_, options_, position_);
      position_ = piece.reached;
      if (!piece.events.empty() || std::exchange(interrupted_, false)) co_return std::move(piece.events);
      const bool more = position_ < feed_->revision_;
      if (!more && feed_->stopped_) {
        co_return MakeError(ErrorCode::kCancelled, "watch of " + kind_ + ": the store is stopping");
      }
      if (more) {
        co_await asio::post(executor, asio::use_awaitable);  // others have their turn between two blocks
      } else {
        if (!wake_) wake_ = std::make_unique<Signal>(executor);
        co_await wake_->Wait();
      }
      if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) {
        co_return MakeError(ErrorCode::kCancelled, "watch of " + kind_ + " was cancelled");
      }
    }
  }

  void WhenReady(std::function<void()> then) override {
    if (!Waits()) return then();
    then_ = std::move(then);
  }

  void Interrupt() override {
    interrupted_ = true;
    Wake();
  }

  uint64_t revision() const override { return position_; }

  void Wake() {
    if (wake_) wake_->Notify();
    if (then_ && !Waits()) std::exchange(then_, nullptr)();
  }

 private:
  bool Waits() { return !interrupted_ && !feed_->stopped_ && PassesBy(); }

  /// Whether nothing of what came since is for this watch.
  bool PassesBy() {
    if (!feed_->history_.Reaches(kind_, position_)) return false;
    if (feed_->history_.Quiet(kind_, position_)) return true;
    if (feed_->history_.Packed(kind_, position_)) return false;  // it is unpacked once, by Next()
    const History::Piece piece = feed_->history_.Read(kind_, options_, position_);
    if (!piece.events.empty()) return false;
    position_ = piece.reached;
    return position_ == feed_->revision_;
  }

  std::shared_ptr<Feed> feed_;
  std::function<void()> then_;    // of WhenReady()
  std::unique_ptr<Signal> wake_;  // of a Next() that had to wait
  std::string kind_;
  ListOptions options_;
  bool interrupted_ = false;
  uint64_t position_;  // everything up to here was delivered or filtered out
};

Feed::Feed(Index objects, uint64_t revision, HistoryLimits limits)
    : index_(std::move(objects)), history_(revision, limits), revision_(revision) {}

void Feed::Publish(const Change& change) {
  if (change.type == EventType::kDeleted) {
    index_.Erase(change.object.key());
  } else {
    index_.Put(change.object);
  }
  history_.Append(change);
  revision_ = change.revision;
  const auto readers = readers_.find(change.object.kind());
  if (readers == readers_.end()) return;
  for (Reader* reader : readers->second) reader->Wake();
}

Result<ListResult> Feed::List(const std::string& kind, const ListOptions& options) const {
  const uint64_t at = options.at.value_or(revision_);
  if (at > revision_) {
    return MakeError(ErrorCode::kDeadlineExceeded,
                     fmt::format("list of {} at revision {}: the store is at {}", kind, at, revision_),
                     "ResourceVersionTooLarge");
  }
  if (!history_.Reaches(kind, at)) return Expired(at);
  ListResult result = history_.Quiet(kind, at) ? Page(index_.Of(kind), options)
                                               : Page(history_.Before(kind, at, index_.Of(kind)), options);
  result.revision = at;
  return result;
}

Error Feed::Expired(uint64_t revision) const {
  return MakeError(ErrorCode::kExpired, fmt::format("too old resource version: {} ({})", revision, revision_),
                   "Expired");
}

Result<std::unique_ptr<Watch>> Feed::StartWatch(std::string kind, ListOptions options, uint64_t revision) {
  if (stopped_) return MakeError(ErrorCode::kCancelled, "watch of " + kind + ": the store is stopping");
  if (revision > revision_ || !history_.Reaches(kind, revision)) return Expired(revision);
  return std::unique_ptr<Watch>(
      std::make_unique<Reader>(shared_from_this(), std::move(kind), std::move(options), revision));
}

void Feed::Stop() {
  stopped_ = true;
  for (const auto& [kind, readers] : readers_) {
    for (Reader* reader : readers) reader->Wake();
  }
}

}  // namespace ordinal::store
