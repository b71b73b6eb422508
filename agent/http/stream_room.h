// StreamRoom: how many streams there may be at once, of all users and of one. HTTP thread only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "agent/http/message.h"

namespace ordinal::http {

/// Said (429) to who finds no place.
inline constexpr char kTooManyStreams[] =
    "the server has as many watches and streams as it takes; try again in a second";

class StreamRoom {
 public:
  /// `of_readers`: who writes nothing begins no stream beyond so many of all.
  StreamRoom(size_t all, size_t of_readers, size_t of_user) : all_(all), of_readers_(of_readers), of_user_(of_user) {}
  StreamRoom(const StreamRoom&) = delete;
  StreamRoom& operator=(const StreamRoom&) = delete;

  size_t open() const { return open_; }

 private:
  friend class StreamShare;
  using Users = std::map<std::string, size_t, std::less<>>;

  const size_t all_, of_readers_, of_user_;
  size_t open_ = 0;
  Users users_;
};

/// The place of one stream, as long as it lives. The room outlives it.
class StreamShare {
 public:
  StreamShare() = default;
  /// Empty: there is no place.
  StreamShare(StreamRoom& room, const User& user) {
    if (room.open_ >= (user.writes ? room.all_ : std::min(room.all_, room.of_readers_))) return;
    const auto mine = room.users_.try_emplace(user.name).first;
    if (mine->second >= room.of_user_) return;  // it was there: nobody's bound is zero
    room_ = &room;
    mine_ = mine;
    ++mine_->second;
    ++room.open_;
  }
  StreamShare(StreamShare&& other) noexcept : room_(std::exchange(other.room_, nullptr)), mine_(other.mine_) {}
  StreamShare& operator=(StreamShare&& other) noexcept {
    if (this == &other) return *this;
    Give();
    room_ = std::exchange(other.room_, nullptr);
    mine_ = other.mine_;
    return *this;
  }
  ~StreamShare() { Give(); }

  explicit operator bool() const { return room_ != nullptr; }
  bool of(const StreamRoom& room) const { return room_ == &room; }

 private:
  void Give() {
    StreamRoom* const room = std::exchange(room_, nullptr);
    if (room == nullptr) return;
    --room->open_;
    if (--mine_->second == 0) room->users_.erase(mine_);
  }

  StreamRoom* room_ = nullptr;
  StreamRoom::Users::iterator mine_;
};

}  // namespace ordinal::http
