#include "dns/server/worker.h"

#include <sys/epoll.h>

namespace ordinal::dns {

Worker::Worker(const WorkerOptions& options, SnapshotSlot& slot, std::unique_ptr<EventLoop> loop)
    : loop_(std::move(loop)),
      scratch_(std::make_unique_for_overwrite<uint8_t[]>(wire::kMaxMessageSize)),
      forwarder_(*loop_, options.upstreams, options.upstream_timeout, options.next_id, options.max_forwarded),
      handler_(slot, forwarder_, *loop_, options.after_start, counters_),
      tcp_context_{*loop_, handler_, options.tcp_idle_timeout, {scratch_.get(), wire::kMaxMessageSize}} {}

Result<std::unique_ptr<Worker>> Worker::Create(const WorkerOptions& options, const Clock& clock, SnapshotSlot& slot,
                                               std::vector<ListenSockets> sockets) {
  TRY(std::unique_ptr<EventLoop> loop, EventLoop::Create(clock));
  std::unique_ptr<Worker> worker(new Worker(options, slot, std::move(loop)));
  TRYV(worker->Listen(std::move(sockets), options.max_tcp_connections));
  return worker;
}

Status Worker::Listen(std::vector<ListenSockets> sockets, size_t max_tcp_connections) {
  for (ListenSockets& listen : sockets) {
    const bool keep_source = listen.address.IsWildcard();
    auto& udp = udp_.emplace_back(std::make_unique<UdpListener>(std::move(listen.udp), keep_source, handler_));
    TRYV(loop_->Add(udp->fd(), EPOLLIN, udp.get()));
    auto& tcp = tcp_.emplace_back(
        std::make_unique<TcpListener>(std::move(listen.tcp), tcp_context_, max_tcp_connections, counters_));
    TRYV(loop_->Add(tcp->fd(), EPOLLIN, tcp.get()));
  }
  return {};
}

}  // namespace ordinal::dns
