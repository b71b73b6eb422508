#include <algorithm>

#include "agent/http/http2/session.h"

namespace ordinal::http::http2 {

// One timer a connection, which is set when a limit is nearer than what it is set for, and never taken back (as
// agent/http/deadline.h). Where only watches wait there is no limit, and nothing rings.
void Session::ArmFor(Moment moment) {
  if (moment >= rings_) return;
  rings_ = moment;
  timer_.expires_at(moment);
  timer_.async_wait([self = self_](const boost::system::error_code& code) {
    if (code || *self == nullptr) return;
    (*self)->Ring(Moment::clock::now());
  });
}

void Session::Ring(Moment now) {
  if (now < rings_) return;  // set anew while this call of it was on its way
  rings_ = Moment::max();
  if (now >= end_by_) {
    end_by_ = Moment::max();
    gone_ = true;
    wire_.Abort();
    return;
  }
  if (caller_.proved()) stranger_until_ = Moment::max();
  if (now >= std::min({header_until_, idle_until_, stranger_until_})) {
    Finish(now >= header_until_ ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_NO_ERROR);
    return;
  }
  const Moment next = Sweep(now);
  ArmFor(std::min({next, header_until_, idle_until_, stranger_until_, end_by_}));
  wake_.Notify();
}

Moment Session::Sweep(Moment now) {
  std::vector<ExchangePtr> over;
  Moment next = Moment::max();
  for (const auto& [id, exchange] : exchanges_) {
    if (exchange->until <= now) {
      over.push_back(exchange);
    } else {
      next = std::min(next, exchange->until);
    }
  }
  for (const ExchangePtr& exchange : over) Overdue(exchange);
  return next;
}

void Session::Overdue(const ExchangePtr& exchange) {
  exchange->until = Moment::max();
  if (exchange->answered) {
    const bool done = exchange->last && exchange->left() == 0;  // it is the rest of the request that does not come
    Reset(*exchange, done ? NGHTTP2_NO_ERROR : NGHTTP2_CANCEL);
  } else {
    Refuse(*exchange, {408, "the request did not arrive in time"});
  }
}

/// No stream is open: the connection waits for its next request.
void Session::CameToRest() {
  if (!exchanges_.empty()) return;
  caller_.place().Rests();
  idle_until_ = Moment::clock::now() + shared_.limits.idle;
  ArmFor(idle_until_);
}

}  // namespace ordinal::http::http2
