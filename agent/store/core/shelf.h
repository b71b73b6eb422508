// Shelf: room for many small texts that stay for long, in large pieces. Each for itself they would lie all over a heap
// that a burst has spread out, and every one of them would keep a page or two from being given back.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>

namespace ordinal::store {

class Shelf {
 public:
  /// A text put down; its piece goes with the last text on it.
  struct Slot {
    std::shared_ptr<char[]> piece;
    size_t at = 0, size = 0;

    std::string_view text() const { return {piece.get() + at, size}; }
  };

  Slot Put(std::string_view text) {
    if (piece_ == nullptr || room_ - used_ < text.size()) {
      room_ = std::max(kPiece, text.size());
      piece_ = std::make_shared<char[]>(room_);
      used_ = 0;
    }
    std::memcpy(piece_.get() + used_, text.data(), text.size());
    const size_t at = used_;
    used_ += text.size();
    return {piece_, at, text.size()};
  }

 private:
  // What the allocator maps for itself (main.cc, M_MMAP_THRESHOLD), and so gives back whole.
  static constexpr size_t kPiece = 256 * 1024;

  std::shared_ptr<char[]> piece_;
  size_t room_ = 0, used_ = 0;
};

}  // namespace ordinal::store
