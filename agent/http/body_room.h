// BodyRoom: how many bytes of large request bodies there may be at once, of all connections together and of one user,
// from their first byte to the end of their handling. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace ordinal::http {

class BodyRoom {
 public:
  BodyRoom(uint64_t bytes, uint64_t of_user) : free_(bytes), of_user_(of_user) {}

  /// False: so much is not free, or not this user's to take.
  bool Take(const std::string& user, uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    if (bytes > free_) return false;
    const auto mine = users_.try_emplace(user).first;
    const bool fits = mine->second + bytes <= of_user_;
    if (fits) {
      free_ -= bytes;
      mine->second += bytes;
    }
    if (mine->second == 0) users_.erase(mine);
    return fits;
  }
  void Give(const std::string& user, uint64_t bytes) {
    if (bytes == 0) return;
    const std::lock_guard lock(mutex_);
    free_ += bytes;
    const auto mine = users_.find(user);
    if ((mine->second -= bytes) == 0) users_.erase(mine);
  }

 private:
  std::mutex mutex_;
  uint64_t free_;
  const uint64_t of_user_;
  std::map<std::string, uint64_t, std::less<>> users_;
};

/// The part of it that one body has.
class BodyShare {
 public:
  BodyShare(std::shared_ptr<BodyRoom> room, std::string user) : room_(std::move(room)), user_(std::move(user)) {}
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  ~BodyShare() { room_->Give(user_, held_); }

  /// The body has `bytes` by now. False: there is no room.
  bool Grow(uint64_t bytes) {
    if (bytes <= held_) return true;
    if (!room_->Take(user_, bytes - held_)) return false;
    held_ = bytes;
    return true;
  }

 private:
  const std::shared_ptr<BodyRoom> room_;
  const std::string user_;
  uint64_t held_ = 0;
};

}  // namespace ordinal::http
