#include "dns/server/held_queries.h"

#include <utility>

namespace ordinal::dns {
namespace {

constexpr Duration kLookAgain = std::chrono::milliseconds(1);

}  // namespace

HeldQueries::HeldQueries(EventLoop& loop, Duration time, std::function<void(std::vector<HeldQuery>)> again)
    : loop_(loop), until_(loop.Now() + time), again_(std::move(again)) {}

void HeldQueries::Add(HeldQuery query) {
  if (held_.empty()) loop_.SetDeadline(this, loop_.Now() + kLookAgain);
  held_.push_back(std::move(query));
}

void HeldQueries::OnDeadline() { again_(std::exchange(held_, {})); }

}  // namespace ordinal::dns
