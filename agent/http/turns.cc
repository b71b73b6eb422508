#include "agent/http/turns.h"

#include <algorithm>

namespace ordinal::http {

Turns::Turns(Bounds bounds, const Executor& executor) : bounds_(bounds), timer_(executor) {}

bool Turns::HasSeat(const Queue& queue) const {
  const size_t seats = bounds_.seats + (queue.going == 0 ? bounds_.spare : 0);
  return going_.size() < seats;
}

void Turns::Seat(Turn& turn) {
  turn.state_ = Turn::kGoing;
  turn.since_ = Moment::clock::now();
  ++turn.queue_->second.going;
  turn.at_ = going_.insert(going_.end(), &turn);
}

void Turns::Next() {
  for (auto at = ring_.begin(); at != ring_.end();) {
    Queue& queue = (*at)->second;
    if (!HasSeat(queue)) {
      ++at;
      continue;
    }
    Turn& turn = *queue.waiting.front();
    queue.waiting.pop_front();
    --waiting_;
    Seat(turn);
    // Behind the others, if more of the same user wait.
    if (queue.waiting.empty()) {
      ring_.erase(at);
    } else {
      ring_.splice(ring_.end(), ring_, at);
    }
    at = ring_.begin();
    turn.go_();
  }
  Arm();
}

void Turns::Leave(Turn& turn) {
  // The seat of kLent was given back before, and its user may be gone.
  if (turn.state_ == Turn::kRefused || turn.state_ == Turn::kLent) return;
  const auto queue = turn.queue_;
  if (turn.state_ == Turn::kWaiting) {
    queue->second.waiting.erase(turn.at_);
    --waiting_;
    if (queue->second.waiting.empty()) std::erase(ring_, queue);
  } else {
    going_.erase(turn.at_);
    --queue->second.going;
  }
  Forget(queue);
  if (waiting_ > 0) Next();
}

void Turns::Forget(Queues::iterator queue) {
  if (queue->second.waiting.empty() && queue->second.going == 0) queues_.erase(queue);
}

void Turns::TakeBackLent() {
  const Moment over = Moment::clock::now() - std::chrono::duration_cast<Moment::duration>(bounds_.lent);
  while (!going_.empty() && going_.front()->since_ <= over) {
    Turn& turn = *going_.front();
    going_.pop_front();
    turn.state_ = Turn::kLent;
    const auto queue = turn.queue_;
    --queue->second.going;
    Forget(queue);
  }
}

void Turns::Arm() {
  if (armed_ || waiting_ == 0 || going_.empty()) return;
  armed_ = true;
  timer_.expires_at(going_.front()->since_ + std::chrono::duration_cast<Moment::duration>(bounds_.lent));
  timer_.async_wait([this](const boost::system::error_code& code) {
    if (code) return;  // the end: `this` may be gone
    armed_ = false;
    TakeBackLent();
    Next();
  });
}

Turn::Turn(Turns& turns, const std::string& user, std::function<void()> go) : turns_(turns), go_(std::move(go)) {
  queue_ = turns.queues_.try_emplace(user).first;
  Turns::Queue& queue = queue_->second;
  if (queue.waiting.empty() && turns.HasSeat(queue)) {
    turns.Seat(*this);
    return;
  }
  if (queue.waiting.size() >= turns.bounds_.waiting || turns.waiting_ >= turns.bounds_.all_waiting) {
    turns.Forget(queue_);
    return;
  }
  state_ = kWaiting;
  at_ = queue.waiting.insert(queue.waiting.end(), this);
  if (queue.waiting.size() == 1) turns.ring_.push_back(queue_);
  ++turns.waiting_;
  turns.Arm();
}

Turn::~Turn() { turns_.Leave(*this); }

}  // namespace ordinal::http
