#include "dns/server/forwarder.h"

namespace ordinal::dns {

Forwarder::Forwarder(EventLoop& loop, UpstreamOptions upstreams, Duration timeout, std::function<uint16_t()> next_id,
                     size_t max_pending)
    : upstreams_(std::move(upstreams)),
      scratch_(std::make_unique_for_overwrite<uint8_t[]>(wire::kMaxMessageSize)),
      context_{loop,
               upstreams_,
               timeout,
               {scratch_.get(), wire::kMaxMessageSize},
               std::move(next_id),
               [this](EventHandler* it) { Release(it); }},
      max_pending_(max_pending) {}

void Forwarder::Ask(std::vector<uint8_t> request, Transport transport, ForwardDone done) {
  if (pending_.size() >= max_pending_) return done({});
  auto exchange = std::make_unique<Exchange>(context_, std::move(request), transport, std::move(done));
  Exchange* started = exchange.get();
  pending_.emplace(started, std::move(exchange));
  started->Start();
}

void Forwarder::Release(EventHandler* exchange) {
  const auto found = pending_.find(exchange);
  context_.loop.Retire(std::move(found->second));
  pending_.erase(found);
}

}  // namespace ordinal::dns
