// BodyRoom: how many bytes of large request bodies there may be at once, of all connections together, from their first
// byte to the end of their handling. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace ordinal::http {

class BodyRoom {
 public:
  explicit BodyRoom(uint64_t bytes) : free_(static_cast<int64_t>(bytes)) {}

  /// False: so much is not free.
  bool Take(uint64_t bytes) {
    const auto wanted = static_cast<int64_t>(bytes);
    if (free_.fetch_sub(wanted) >= wanted) return true;
    free_.fetch_add(wanted);
    return false;
  }
  void Give(uint64_t bytes) { free_.fetch_add(static_cast<int64_t>(bytes)); }

 private:
  std::atomic<int64_t> free_;
};

/// The part of it that one body has.
class BodyShare {
 public:
  explicit BodyShare(std::shared_ptr<BodyRoom> room) : room_(std::move(room)) {}
  BodyShare(const BodyShare&) = delete;
  BodyShare& operator=(const BodyShare&) = delete;
  ~BodyShare() { room_->Give(held_); }

  /// The body has `bytes` by now. False: there is no room.
  bool Grow(uint64_t bytes) {
    if (bytes <= held_) return true;
    if (!room_->Take(bytes - held_)) return false;
    held_ = bytes;
    return true;
  }

 private:
  std::shared_ptr<BodyRoom> room_;
  uint64_t held_ = 0;
};

}  // namespace ordinal::http
