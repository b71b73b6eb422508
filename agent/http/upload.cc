#include "agent/http/upload.h"

#include <optional>
#include <utility>

namespace ordinal::http {
namespace {

/// What a coroutine of the control thread waits for.
struct PieceWait {
  explicit PieceWait(const Executor& control) : came(control) {}
  Signal came;
  std::optional<Result<std::string>> piece;
};

}  // namespace

class WantedPiece {
 public:
  WantedPiece(Executor control, std::shared_ptr<PieceWait> wait)
      : control_(std::move(control)), wait_(std::move(wait)) {}
  WantedPiece(const WantedPiece&) = delete;
  WantedPiece& operator=(const WantedPiece&) = delete;
  ~WantedPiece() {
    if (wait_) Answer(MakeError(ErrorCode::kCancelled, "the connection ended"));
  }
  void Answer(Result<std::string> piece) {
    asio::post(control_, [wait = std::move(wait_), piece = std::move(piece)]() mutable {
      wait->piece.emplace(std::move(piece));
      wait->came.Notify();
    });
  }

 private:
  const Executor control_;
  std::shared_ptr<PieceWait> wait_;
};

struct UploadFeeder::Desk {
  explicit Desk(std::shared_ptr<Loop> held) : loop(std::move(held)), came(loop->executor()) {}
  const std::shared_ptr<Loop> loop;  // first, so that it is gone last: the signal belongs to it
  Signal came;
  std::shared_ptr<WantedPiece> wanted;
  bool closed = false;
};

namespace {

class DeskUpload final : public Upload {
 public:
  DeskUpload(Executor control, std::shared_ptr<UploadFeeder::Desk> desk)
      : control_(std::move(control)), desk_(std::move(desk)) {}

  Task<Result<std::string>> Next() override {
    const auto wait = std::make_shared<PieceWait>(control_);
    auto wanted = std::make_shared<WantedPiece>(control_, wait);
    desk_->loop->Post([desk = desk_, wanted = std::move(wanted)]() mutable {
      if (desk->closed) return;
      desk->wanted = std::move(wanted);
      desk->came.Notify();
    });
    co_await wait->came.Wait();
    co_return std::move(*wait->piece);
  }

 private:
  const Executor control_;
  const std::shared_ptr<UploadFeeder::Desk> desk_;
};

}  // namespace

UploadFeeder::UploadFeeder(RequestReader& reader, std::shared_ptr<Loop> loop, Executor control, Duration limit)
    : reader_(reader),
      loop_(std::move(loop)),
      control_(std::move(control)),
      limit_(limit),
      desk_(std::make_shared<Desk>(loop_)),
      over_(loop_->executor()) {}

std::shared_ptr<Upload> UploadFeeder::upload() { return std::make_shared<DeskUpload>(control_, desk_); }

Task<void> UploadFeeder::Feed() {
  while (!desk_->closed) {
    if (!desk_->wanted) {
      co_await desk_->came.Wait();
      continue;
    }
    const std::shared_ptr<WantedPiece> wanted = std::exchange(desk_->wanted, nullptr);
    Result<std::string> piece = co_await reader_.Piece(limit_);
    const bool last = !piece.ok() || piece->empty();
    wanted->Answer(std::move(piece));
    if (last) break;
  }
  desk_->closed = true;
  desk_->wanted.reset();
  ended_ = true;
  over_.Notify();
}

void UploadFeeder::Stop() {
  desk_->closed = true;
  desk_->came.Notify();
}

Task<void> UploadFeeder::Ended() {
  if (!ended_) co_await over_.Wait();
}

}  // namespace ordinal::http
