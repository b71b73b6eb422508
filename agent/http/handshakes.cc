#include "agent/http/handshakes.h"

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <iterator>

namespace ordinal::http {
namespace {

constexpr size_t kAtOnce = 32;
constexpr std::chrono::milliseconds kLately{250};
constexpr std::chrono::seconds kPatience{2};

}  // namespace

Handshakes::Moment Handshakes::NextBegins() const {
  if (going_.size() < kAtOnce) return Moment::min();
  return *std::prev(going_.end(), kAtOnce) + kLately;
}

Task<void> Handshakes::Wait() {
  const Moment until = Moment::clock::now() + kPatience;
  asio::steady_timer turn(executor_);
  while (!ended_) {
    const Moment now = Moment::clock::now(), next = NextBegins();
    if (now >= std::min(until, next)) break;
    turn.expires_at(std::min(until, next));
    waiting_.push_back(&turn);
    boost::system::error_code ignored;
    co_await turn.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    std::erase(waiting_, &turn);
  }
}

void Handshakes::WakeOne() {
  if (waiting_.empty()) return;
  asio::steady_timer* const first = waiting_.front();
  waiting_.pop_front();
  first->cancel();
}

void Handshakes::End() {
  ended_ = true;
  for (asio::steady_timer* turn : waiting_) turn->cancel();
}

}  // namespace ordinal::http
