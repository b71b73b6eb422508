// Counters: what one DNS thread has done. Written by that thread, read by any.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "dns/wire/types.h"

namespace ordinal::dns {

/// One past BADVERS, the largest rcode this server gives by itself. Larger ones from upstream count as the last.
inline constexpr size_t kRcodeSlots = 17;

/// Totals since the start, all threads together.
struct Statistics {
  std::array<uint64_t, kRcodeSlots> replies{};  ///< By rcode; forwarded ones included.
  uint64_t forwarded = 0;                       ///< Queries handed to the host's resolvers.
  uint64_t unanswered = 0;                      ///< Of those: no resolver answered.
  uint64_t truncated = 0;                       ///< Replies with TC, own ones.
  uint64_t dropped = 0;                         ///< Datagrams that deserved no reply.
  uint64_t tcp_connections = 0;                 ///< Accepted.
};

struct alignas(64) Counters {
  std::array<std::atomic<uint64_t>, kRcodeSlots> replies{};
  std::atomic<uint64_t> forwarded = 0, unanswered = 0, truncated = 0, dropped = 0, tcp_connections = 0;

  /// One writer only, so no atomic read-modify-write is needed.
  static void Count(std::atomic<uint64_t>& counter) {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  void CountReply(wire::Rcode rcode) {
    const auto slot = static_cast<size_t>(rcode);
    Count(replies[slot < kRcodeSlots ? slot : kRcodeSlots - 1]);
  }
  void AddTo(Statistics& total) const {
    for (size_t i = 0; i < kRcodeSlots; ++i) total.replies[i] += replies[i].load(std::memory_order_relaxed);
    total.forwarded += forwarded.load(std::memory_order_relaxed);
    total.unanswered += unanswered.load(std::memory_order_relaxed);
    total.truncated += truncated.load(std::memory_order_relaxed);
    total.dropped += dropped.load(std::memory_order_relaxed);
    total.tcp_connections += tcp_connections.load(std::memory_order_relaxed);
  }
};

}  // namespace ordinal::dns
