// TcpListener: one listening socket of one DNS thread and the connections accepted on it.
#pragma once

#include <memory>
#include <unordered_map>

#include "dns/server/counters.h"
#include "dns/server/tcp_connection.h"

namespace ordinal::dns {

class TcpListener final : public EventHandler {
 public:
  /// At `max_connections` the one whose last query is longest ago makes room for a new one.
  TcpListener(Fd socket, const TcpContext& context, size_t max_connections, Counters& counters);

  int fd() const { return socket_.get(); }
  void OnEvents(uint32_t events) override;
  void OnDeadline() override;

 private:
  void Take(Fd socket);
  void CloseOldest();
  void Pause();

  Fd socket_;
  const TcpContext& context_;
  const size_t max_connections_;
  Counters& counters_;
  std::unordered_map<TcpConnection*, std::unique_ptr<TcpConnection>> connections_;
};

}  // namespace ordinal::dns
