// UdpListener: one UDP socket of one DNS thread; receives and answers in batches.
#pragma once

#include <sys/socket.h>

#include <memory>

#include "dns/server/event_loop.h"
#include "dns/server/query_handler.h"

namespace ordinal::dns {

class UdpListener final : public EventHandler {
 public:
  /// `keep_source`: the socket is bound to a wildcard, so replies name the address they leave from.
  UdpListener(Fd socket, bool keep_source, QueryHandler& handler);
  ~UdpListener() override;

  int fd() const { return socket_.get(); }
  void OnEvents(uint32_t events) override;

 private:
  struct Batch;

  void AnswerBatch(size_t received);
  void AnswerLater(size_t index, const Outcome& outcome, wire::Bytes out);
  void SendBatch(size_t count);

  Fd socket_;
  const bool keep_source_;
  QueryHandler& handler_;
  std::unique_ptr<Batch> batch_;
};

}  // namespace ordinal::dns
