#include "agent/http/crossing.h"

#include "agent/base/log.h"

namespace ordinal::http {
namespace {

constexpr size_t kFetchedTogether = 128;  // streams whose pieces are made in a turn: each is a coroutine for as long

Task<Piece> NextOf(Stream& stream) {
  try {
    co_return co_await stream.NextShared();
  } catch (const std::exception& error) {
    log::Error("http: a stream ended with an exception: {}", error.what());
  }
  co_return MakeError(ErrorCode::kInternal, "the stream broke");
}

}  // namespace

void Crossing::Want(std::shared_ptr<Stream> stream, Deliver deliver) {
  wanted_.push_back({std::move(stream), std::move(deliver)});
  if (wanted_.size() > 1) return;
  // The thread's own queue: what belongs to this turn stands in it already.
  asio::post(loop_->executor(), [self = shared_from_this()] {
    asio::post(self->control_, [self, all = std::exchange(self->wanted_, {})]() mutable {
      for (Wanted& wanted : all) self->Ask(std::move(wanted));
    });
  });
}

/// A stream that has nothing keeps what is to be done then; it does not keep itself.
void Crossing::Ask(Wanted wanted) {
  const std::shared_ptr<Stream> stream = std::move(wanted.stream);
  stream->WhenReady([self = shared_from_this(), of = std::weak_ptr(stream), deliver = std::move(wanted.deliver)] {
    if (auto held = of.lock()) self->Ready({std::move(held), deliver});
  });
}

void Crossing::Ready(Wanted wanted) {
  ready_.push_back(std::move(wanted));
  if (ready_.size() > 1) return;
  asio::post(control_, [self = shared_from_this()] { self->FetchSome(); });
}

void Crossing::FetchSome() {
  for (size_t i = 0; i < kFetchedTogether && !ready_.empty(); ++i) {
    Wanted wanted = std::move(ready_.front());
    ready_.pop_front();
    Spawn(control_, "http stream", Fetch(shared_from_this(), std::move(wanted)));
  }
  if (!ready_.empty()) asio::post(control_, [self = shared_from_this()] { self->FetchSome(); });
}

Task<void> Crossing::Fetch(std::shared_ptr<Crossing> crossing, Wanted wanted) {
  Piece piece = co_await NextOf(*wanted.stream);
  crossing->Brought(Delivery{std::move(wanted.deliver), std::move(piece), wanted.stream->Waits()});
}

void Crossing::Brought(Delivery delivery) {
  delivery_.push_back(std::move(delivery));
  if (delivery_.size() > 1) return;
  asio::post(control_, [self = shared_from_this()] {
    self->loop_->Post([all = std::exchange(self->delivery_, {})]() mutable {
      for (Delivery& one : all) one.deliver(std::move(one.piece), one.waits);
    });
  });
}

}  // namespace ordinal::http
