// HeldQueries: queries of one DNS thread that came before the names were known, kept for a moment instead of failed.
//
// SERVFAIL at once would be right, and is what follows when the moment is over; but glibc sends the questions for A and
// AAAA together and takes a failed one beside an empty one for "no such name". Held, both are answered from one
// snapshot.
#pragma once

#include <functional>
#include <vector>

#include "dns/resolve/resolver.h"
#include "dns/server/event_loop.h"

namespace ordinal::dns {

/// Gets a reply that came later, once. The bytes are valid during the call only.
using LateReply = std::function<void(wire::Bytes reply)>;

struct HeldQuery {
  std::vector<uint8_t> request;
  Transport transport;
  LateReply reply;
};

class HeldQueries final : public EventHandler {
 public:
  /// Queries are held until `time` from now, all until the same moment. `again` gets everything held, every
  /// millisecond and once after that moment, and adds again what must wait on.
  HeldQueries(EventLoop& loop, Duration time, std::function<void(std::vector<HeldQuery>)> again);

  /// False when the moment is over, or too many are held.
  bool MayHold() const { return held_.size() < kMost && loop_.Now() < until_; }
  void Add(HeldQuery query);

  void OnEvents(uint32_t) override {}
  void OnDeadline() override;

 private:
  static constexpr size_t kMost = 1024;

  EventLoop& loop_;
  const SteadyTime until_;
  std::function<void(std::vector<HeldQuery>)> again_;
  std::vector<HeldQuery> held_;
};

}  // namespace ordinal::dns
