#include "agent/http/places.h"

#include <algorithm>
#include <utility>

namespace ordinal::http {

Places::Places(const Limits& limits)
    : silent_(limits.silent),
      strangers_(limits.strangers),
      known_(limits.connections),
      newest_stays_(limits.newest_stays) {}

void Places::Move(Place& place, Kind kind) {
  List& to = lists_[kind];
  to.splice(to.end(), lists_[place.kind_], place.at_);
  place.kind_ = kind;
}

void Places::SendAway(Place& place) {
  Move(place, kLeaving);
  if (place.leave_) place.leave_();
}

bool Places::MakeRoom() {
  for (const Kind kind : {kSilent, kStranger}) {
    if (lists_[kind].empty()) continue;
    SendAway(*lists_[kind].front());
    return true;
  }
  return false;
}

void Places::Clear() {
  for (const Kind kind : {kSilent, kStranger, kIdle, kWorking}) {
    while (!lists_[kind].empty()) SendAway(*lists_[kind].front());
  }
}

size_t Places::size() const {
  size_t all = 0;
  for (const List& list : lists_) all += list.size();
  return all;
}

Place::Place(Places& places, std::function<void()> leave) : places_(places), leave_(std::move(leave)) {
  auto& silent = places_.lists_[Places::kSilent];
  at_ = silent.insert(silent.end(), this);
  if (silent.size() > places_.silent_) places_.SendAway(*silent.front());
}

Place::~Place() { places_.lists_[kind_].erase(at_); }

void Place::Speaks() {
  if (kind_ != Places::kSilent) return;
  places_.Move(*this, Places::kStranger);
  auto& strangers = places_.lists_[Places::kStranger];
  if (strangers.size() > places_.strangers_) places_.SendAway(*strangers.front());
}

bool Place::Proves() {
  if (kind_ != Places::kStranger) return known();
  auto& idle = places_.lists_[Places::kIdle];
  auto& working = places_.lists_[Places::kWorking];
  if (idle.size() + working.size() >= places_.known_) {
    if (idle.empty() && !places_.newest_stays_) return false;
    places_.SendAway(idle.empty() ? *working.front() : *idle.front());
  }
  places_.Move(*this, Places::kWorking);
  return true;
}

void Place::Rests() {
  if (kind_ == Places::kWorking) places_.Move(*this, Places::kIdle);
}

void Place::Works() {
  if (kind_ == Places::kIdle) places_.Move(*this, Places::kWorking);
}

}  // namespace ordinal::http
