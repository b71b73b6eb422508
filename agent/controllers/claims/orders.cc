#include "agent/controllers/claims/orders.h"

#include <algorithm>
#include <utility>

#include "agent/base/caught.h"

namespace ordinal::controllers::claims {
namespace {

Task<Status> Begin(Orders::Order order) { co_return co_await order(); }

}  // namespace

Orders::Orders(Executor executor, Clock& clock, std::string name, LookAgain look_again)
    : clock_(clock), queue_(std::move(executor), clock, std::move(name), 1), look_again_(std::move(look_again)) {}

void Orders::Give(const std::string& name, Order order) {
  if (open_.contains(name)) return;
  const auto rest = resting_.find(name);
  const SteadyTime now = clock_.Steady();
  if (rest != resting_.end() && now < rest->second.until) return look_again_(name, rest->second.until - now);
  open_.insert(name);
  given_[name] = std::move(order);
  queue_.Add(name);
}

Task<void> Orders::Run() {
  WorkQueue::Handler handler = [this](std::string name) { return Carry(std::move(name)); };
  co_await queue_.Run(std::move(handler));
}

Task<Status> Orders::Carry(std::string name) {
  Order order = std::move(given_[name]);
  given_.erase(name);
  const Status status = co_await Caught(Begin(std::move(order)));
  open_.erase(name);
  if (status.ok()) {
    resting_.erase(name);
    look_again_(name, Duration::zero());
    co_return Status();
  }
  Rest& rest = resting_[name];
  rest.failures = status.error().code == ErrorCode::kUnavailable ? 0 : std::min(rest.failures + 1, 20);
  const Duration length = std::min<Duration>(kFirstRest * (1LL << std::max(rest.failures - 1, 0)), kLongestRest);
  rest.until = clock_.Steady() + length;
  look_again_(name, length);
  co_return Status();
}

}  // namespace ordinal::controllers::claims
