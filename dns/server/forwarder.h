// Forwarder: the queries of one DNS thread that wait for the host's resolvers.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "dns/server/exchange.h"

namespace ordinal::dns {

class Forwarder {
 public:
  /// `next_id` gives unpredictable message ids. At most `max_pending` queries wait at a time, each with one
  /// descriptor of its own.
  Forwarder(EventLoop& loop, UpstreamOptions upstreams, Duration timeout, std::function<uint16_t()> next_id,
            size_t max_pending);

  /// Asks the host's resolvers and calls `done` once, possibly from inside; with no bytes when none answered or too
  /// many queries wait already. `request` was made by ForwardedRequest() or TargetRequest().
  void Ask(std::vector<uint8_t> request, Transport transport, ForwardDone done);

 private:
  void Release(EventHandler* exchange);

  Upstreams upstreams_;
  std::unique_ptr<uint8_t[]> scratch_;
  ExchangeContext context_;
  const size_t max_pending_;
  std::unordered_map<EventHandler*, std::unique_ptr<EventHandler>> pending_;
};

}  // namespace ordinal::dns
