#include "agent/http/deadline.h"

#include <algorithm>

namespace ordinal::http {
namespace {

constexpr std::chrono::milliseconds kAgain{20};

}  // namespace

Alarm::~Alarm() {
  state_->socket = nullptr;
  state_->timer.cancel();
}

void Alarm::Set(const std::shared_ptr<State>& state, Moment moment) {
  state->rings = moment;
  state->timer.expires_at(moment);
  state->timer.async_wait([state](const boost::system::error_code& code) {
    if (!code && state->socket != nullptr) Ring(state);
  });
}

void Alarm::Ring(const std::shared_ptr<State>& state) {
  const Moment now = Moment::clock::now();
  if (now < state->rings) return;  // set anew while this call of it was on its way
  Moment next = Moment::max();
  bool over = false;
  for (Deadline* deadline : state->deadlines) {
    deadline->expired_ = deadline->expired_ || deadline->moment_ <= now;
    over = over || deadline->expired_;
    next = std::min(next, deadline->expired_ ? now + kAgain : deadline->moment_);
  }
  if (over) {
    boost::system::error_code ignored;
    state->socket->cancel(ignored);
  }
  state->rings = Moment::max();
  if (next != Moment::max()) Set(state, next);
}

Deadline::Deadline(Alarm& alarm, Duration limit)
    : state_(alarm.state_),
      moment_(Alarm::Moment::clock::now() + std::chrono::duration_cast<Alarm::Moment::duration>(limit)) {
  state_->deadlines.push_back(this);
  if (moment_ < state_->rings) Alarm::Set(state_, moment_);
}

Deadline::~Deadline() { std::erase(state_->deadlines, this); }

}  // namespace ordinal::http
