#include "cri/grpc/stream.h"

#include <utility>
#include <vector>

namespace ordinal::cri {

void CallsUnderWay::Add(std::shared_ptr<CallUnderWay> call) {
  const std::lock_guard lock(mutex_);
  CallUnderWay* const key = call.get();
  calls_.emplace(key, std::move(call));
}

void CallsUnderWay::Remove(CallUnderWay* call) {
  std::unique_lock lock(mutex_);
  const auto gone = calls_.extract(call);  // destroyed after the lock
  if (calls_.empty()) empty_.notify_all();
  lock.unlock();
}

void CallsUnderWay::AbandonAll() {
  std::vector<std::shared_ptr<CallUnderWay>> calls;
  std::unique_lock lock(mutex_);
  for (const auto& [key, call] : calls_) calls.push_back(call);
  lock.unlock();  // gRPC may run a call's callback, and with it Remove(), inside the cancellation
  for (const auto& call : calls) call->Abandon();
  lock.lock();
  empty_.wait(lock, [this] { return calls_.empty(); });
}

Task<bool> Stream::Write(std::shared_ptr<const Message> message, bool last) {
  if (closed_) co_return false;
  auto start = [self = shared_from_this(), message = std::move(message), last](Resume<bool> resume, auto slot) {
    self->write_done_ = std::move(resume);
    self->writing_ = message;
    if (slot.is_connected()) slot.assign([self](asio::cancellation_type) { self->Cancel(); });
    if (last) {
      self->StartWriteLast(self->writing_.get(), grpc::WriteOptions());
    } else {
      self->StartWrite(self->writing_.get());
    }
  };
  co_return co_await Await<bool>(std::move(start));
}

Task<bool> Stream::Read(std::shared_ptr<Message> message) {
  if (closed_) co_return false;
  auto start = [self = shared_from_this(), message = std::move(message)](Resume<bool> resume, auto slot) {
    self->read_done_ = std::move(resume);
    self->reading_ = message;
    if (slot.is_connected()) slot.assign([self](asio::cancellation_type) { self->Cancel(); });
    self->StartRead(self->reading_.get());
  };
  co_return co_await Await<bool>(std::move(start));
}

Task<grpc::Status> Stream::Finish() {
  Abandon();
  auto start = [self = shared_from_this()](Resume<grpc::Status> resume, auto) {
    std::unique_lock lock(self->mutex_);
    if (!self->done_) {
      self->finished_ = std::move(resume);
      return;
    }
    const grpc::Status status = self->status_;
    lock.unlock();
    resume(status);
  };
  co_return co_await Await<grpc::Status>(std::move(start));
}

void Stream::Abandon() {
  Cancel();
  if (!std::exchange(closed_, true)) RemoveHold();
}

void Stream::OnReadDone(bool ok) { std::exchange(read_done_, nullptr)(ok); }

void Stream::OnWriteDone(bool ok) { std::exchange(write_done_, nullptr)(ok); }

void Stream::OnDone(const grpc::Status& status) {
  const std::shared_ptr<Stream> alive = std::move(self_);
  {
    std::unique_lock lock(mutex_);
    done_ = true;
    status_ = status;
    const Resume<grpc::Status> finished = std::exchange(finished_, nullptr);
    lock.unlock();
    if (finished) finished(status);
  }
  under_way_->Remove(this);
}

}  // namespace ordinal::cri
