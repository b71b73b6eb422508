#include "cri/grpc/stream.h"

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>
#include <vector>

namespace ordinal::cri {
namespace {

constexpr std::chrono::seconds kFinishPatience{1};  // with the other side's reason

}  // namespace

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

void Stream::Begin(std::unique_ptr<Call> call) {
  call_ = std::move(call);
  call_->StartCall(Give(begin_));
}

Completion* Stream::Give(Operation& operation) {
  const std::lock_guard lock(mutex_);
  operation.under_way = true;
  operation.outcome.reset();
  ++given_;
  return &operation;
}

void Stream::Done(Operation& operation, bool ok) {
  std::unique_lock lock(mutex_);
  operation.under_way = false;
  operation.outcome = ok;
  broken_ = broken_ || !ok;
  const Resume<bool> resume = std::exchange(operation.resume, nullptr);
  const bool last = --given_ == 0 && finish_.outcome.has_value();
  lock.unlock();
  if (resume) resume(ok);
  if (last) std::shared_ptr(under_way_)->Remove(this);  // the last that is known of it here
}

Task<bool> Stream::Outcome(Operation& operation) {
  auto start = [self = shared_from_this(), &operation](Resume<bool> resume, auto slot) {
    if (slot.is_connected()) slot.assign([self](asio::cancellation_type) { self->Cancel(); });
    std::unique_lock lock(self->mutex_);
    if (operation.under_way) {
      operation.resume = std::move(resume);
      return;
    }
    const bool ok = operation.outcome.value_or(false);
    lock.unlock();
    resume(ok);
  };
  co_return co_await Await<bool>(std::move(start));
}

Task<bool> Stream::Write(std::shared_ptr<const Message> message, bool last) {
  const bool began = co_await Outcome(begin_);
  if (!began || Closed()) co_return false;
  writing_ = std::move(message);
  if (last) {
    call_->WriteLast(*writing_, grpc::WriteOptions(), Give(write_));
  } else {
    call_->Write(*writing_, Give(write_));
  }
  co_return co_await Outcome(write_);
}

Task<bool> Stream::Read(std::shared_ptr<Message> message) {
  const bool began = co_await Outcome(begin_);
  if (!began || Closed()) co_return false;
  reading_ = std::move(message);
  call_->Read(reading_.get(), Give(read_));
  co_return co_await Outcome(read_);
}

/// Of a stream that is broken the other side has said why, or will: a cancellation would be the reason then.
Task<grpc::Status> Stream::Finish() {
  std::unique_lock lock(mutex_);
  const bool broken = broken_;
  lock.unlock();
  if (!broken) Cancel();
  Close();
  // A message that could not be read breaks it too, and then the other side has nothing to say.
  asio::steady_timer late(co_await asio::this_coro::executor, kFinishPatience);
  const auto cancel = [weak = weak_from_this()](const boost::system::error_code& in_time) {
    const auto self = weak.lock();
    if (self && !in_time) self->Cancel();
  };
  late.async_wait(cancel);
  (void)co_await Outcome(finish_);
  co_return status_;
}

bool Stream::Closed() {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void Stream::Close() {
  std::unique_lock lock(mutex_);
  if (std::exchange(closed_, true)) return;
  lock.unlock();
  call_->Finish(&status_, Give(finish_));
}

void Stream::Abandon() {
  Cancel();
  Close();
}

}  // namespace ordinal::cri
