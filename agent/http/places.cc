#include "agent/http/places.h"

#include <algorithm>
#include <utility>

namespace ordinal::http {

Places::Places(const Limits& limits)
    : silent_(limits.silent),
      strangers_(limits.strangers),
      known_(limits.connections),
      of_user_(limits.user_connections),
      newest_stays_(limits.newest_stays) {}

void Places::Move(Place& place, Kind kind) {
  List& to = lists_[kind];
  to.splice(to.end(), lists_[place.kind_], place.at_);
  place.kind_ = kind;
}

void Places::SendAway(Place& place) {
  Move(place, kLeaving);
  place.GiveBack();
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

Place* Places::LongestIdle(const std::string* user) {
  for (Place* place : lists_[kIdle]) {
    if (user == nullptr || (*place->user_)->first == *user) return place;
  }
  return nullptr;
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

Place::~Place() {
  places_.lists_[kind_].erase(at_);
  GiveBack();
}

void Place::GiveBack() {
  if (user_ && --(*user_)->second == 0) places_.users_.erase(*user_);
  user_.reset();
}

void Place::Speaks() {
  if (kind_ != Places::kSilent) return;
  places_.Move(*this, Places::kStranger);
  auto& strangers = places_.lists_[Places::kStranger];
  if (strangers.size() > places_.strangers_) places_.SendAway(*strangers.front());
}

bool Place::Proves(const std::string& user) {
  if (kind_ != Places::kStranger) return known();
  const auto& idle = places_.lists_[Places::kIdle];
  const auto& working = places_.lists_[Places::kWorking];
  const auto mine = places_.users_.find(user);
  const bool too_many_of_user = mine != places_.users_.end() && mine->second >= places_.of_user_;
  if (too_many_of_user || idle.size() + working.size() >= places_.known_) {
    Place* const longest = places_.LongestIdle(too_many_of_user ? &user : nullptr);
    if (longest == nullptr && (too_many_of_user || !places_.newest_stays_)) return false;
    places_.SendAway(longest == nullptr ? *working.front() : *longest);
  }
  places_.Move(*this, Places::kWorking);
  user_ = places_.users_.try_emplace(user).first;
  ++(*user_)->second;
  return true;
}

void Place::Rests() {
  if (kind_ == Places::kWorking) places_.Move(*this, Places::kIdle);
}

void Place::Works() {
  if (kind_ == Places::kIdle) places_.Move(*this, Places::kWorking);
}

}  // namespace ordinal::http
