// Exchange: one query's way through the host's resolvers.
//
//   ask the first ── good reply ───────────────────────────────────────────────> done
//        │ no reply in time, connection refused, SERVFAIL / REFUSED / NOTIMP
//        └──> ask the next ── … ── none left: the last error reply, else nothing ──> done
//
// Every attempt has a socket of its own, connected to the resolver: its source port is the kernel's random choice and
// nobody else's datagrams arrive on it. With the random id and the compared question a forged reply has to guess all.
#pragma once

#include <functional>
#include <vector>

#include "dns/resolve/resolver.h"
#include "dns/server/event_loop.h"
#include "dns/server/upstreams.h"

namespace ordinal::dns {

/// The reply, or no bytes when no resolver answered. The id is the one sent upstream.
using ForwardDone = std::function<void(wire::Bytes reply)>;

/// What exchanges of one thread share.
struct ExchangeContext {
  EventLoop& loop;
  Upstreams& upstreams;
  Duration timeout;            ///< Of one attempt.
  wire::MutableBytes scratch;  ///< kMaxMessageSize bytes for receiving.
  std::function<uint16_t()> next_id;
  std::function<void(EventHandler*)> finished;  ///< Lets go of the exchange; called once, last.
};

class Exchange final : public EventHandler {
 public:
  Exchange(const ExchangeContext& context, std::vector<uint8_t> request, Transport transport, ForwardDone done);

  /// Asks the first resolver. `done` may be called from inside.
  void Start();

  void OnEvents(uint32_t events) override;
  void OnDeadline() override;

 private:
  bool Open(const SocketAddress& address);
  void TryNext();
  void GiveUpOnCurrent();
  void ReceiveDatagrams();
  void WriteStream();
  void ReadStream();
  void TakeReply(wire::Bytes reply);
  void Finish(wire::Bytes reply);

  const ExchangeContext& context_;
  std::vector<uint8_t> request_;
  const Transport transport_;
  ForwardDone done_;

  std::vector<SocketAddress> targets_;
  size_t attempt_ = 0;   // attempts made, the current one included
  size_t attempts_ = 0;  // attempts to make
  Fd socket_;
  std::vector<uint8_t> stream_;  // TCP: what is still to be sent, then what has been received
  size_t sent_ = 0;
  bool writing_ = false;
  std::vector<uint8_t> error_reply_;  // the best so far
};

}  // namespace ordinal::dns
