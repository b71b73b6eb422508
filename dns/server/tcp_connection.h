// TcpConnection: one client over TCP (RFC 7766): several queries in a row or at once, answers of forwarded ones as they
// come.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "dns/server/event_loop.h"
#include "dns/server/query_handler.h"

namespace ordinal::dns {

/// What the connections of one thread share.
struct TcpContext {
  EventLoop& loop;
  QueryHandler& handler;
  Duration idle_timeout;       ///< Without a whole query for that long, the connection is closed.
  wire::MutableBytes scratch;  ///< kMaxMessageSize bytes for building answers.
};

class TcpConnection final : public EventHandler {
 public:
  /// `closed` lets go of the connection; called once, last.
  TcpConnection(Fd socket, const TcpContext& context, std::function<void(TcpConnection*)> closed);

  /// Registers with the loop.
  Status Start();

  SteadyTime last_query() const { return last_query_; }
  void Close();

  void OnEvents(uint32_t events) override;
  void OnDeadline() override;

 private:
  bool Read();
  void AnswerQueries();
  void AnswerOne(wire::Bytes request);
  void Queue(wire::Bytes reply);
  void QueueLate(wire::Bytes reply);
  void Watch(uint32_t events);
  void Proceed();
  bool Flush();

  Fd socket_;
  const TcpContext& context_;
  std::function<void(TcpConnection*)> closed_;
  SteadyTime last_query_;
  std::vector<uint8_t> in_, out_;
  size_t forwarded_ = 0;  // queries that wait for the host's resolvers
  bool ended_ = false;    // the client sends no more
  bool open_ = true;
  uint32_t watched_ = 0;
  // Late replies hold it weakly: they outlive the connection.
  std::shared_ptr<TcpConnection*> self_;
};

}  // namespace ordinal::dns
