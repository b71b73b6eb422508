// Worker: everything of one DNS thread. Built before the thread starts, used by it alone afterwards (but for Stop()
// and the counters).
#pragma once

#include <memory>
#include <vector>

#include "dns/server/counters.h"
#include "dns/server/event_loop.h"
#include "dns/server/forwarder.h"
#include "dns/server/query_handler.h"
#include "dns/server/tcp_listener.h"
#include "dns/server/udp_listener.h"

namespace ordinal::dns {

struct WorkerOptions {
  UpstreamOptions upstreams;
  Duration upstream_timeout;
  Duration tcp_idle_timeout;
  size_t max_tcp_connections;  ///< Per listen address.
  size_t max_forwarded;        ///< Waiting at a time.
  AfterStart after_start;
  std::function<uint16_t()> next_id;
};

class Worker {
 public:
  static Result<std::unique_ptr<Worker>> Create(const WorkerOptions& options, const Clock& clock, SnapshotSlot& slot,
                                                std::vector<ListenSockets> sockets);

  void Run() { loop_->Run(); }
  /// Makes Run() return; any thread.
  void Stop() { loop_->Stop(); }
  const Counters& counters() const { return counters_; }

 private:
  Worker(const WorkerOptions& options, SnapshotSlot& slot, std::unique_ptr<EventLoop> loop);
  Status Listen(std::vector<ListenSockets> sockets, size_t max_tcp_connections);

  Counters counters_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<uint8_t[]> scratch_;  // memory that is never used is never touched
  Forwarder forwarder_;
  QueryHandler handler_;
  TcpContext tcp_context_;
  std::vector<std::unique_ptr<UdpListener>> udp_;
  std::vector<std::unique_ptr<TcpListener>> tcp_;
};

}  // namespace ordinal::dns
