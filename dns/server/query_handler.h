// QueryHandler: what UDP and TCP do alike with a request. One object a DNS thread.
#pragma once

#include <vector>

#include "dns/resolve/resolver.h"
#include "dns/server/counters.h"
#include "dns/server/forwarder.h"
#include "dns/server/held_queries.h"
#include "dns/server/snapshot_slot.h"

namespace ordinal::dns {

/// What differs for a while after the start, see ServerOptions.
struct AfterStart {
  Duration hold, doubt;
};

class QueryHandler {
 public:
  QueryHandler(SnapshotSlot& slot, Forwarder& forwarder, EventLoop& loop, AfterStart after_start, Counters& counters);

  /// Answers at once if it can (see Resolve()). For kForward, kChase and kHold the caller goes on with AnswerLater().
  Outcome Answer(wire::Bytes request, Transport transport, wire::MutableBytes out);

  /// Holds or sends on the request of the last Answer(), which returned `outcome`; `out` is the same buffer. `reply`
  /// gets the answer, SERVFAIL when no resolver gave one (for kChase: the alias alone).
  void AnswerLater(wire::Bytes request, Transport transport, const Outcome& outcome, wire::Bytes out, LateReply reply);

 private:
  struct Waiting;
  void Forward(wire::Bytes request, Transport transport, const Outcome& outcome, wire::Bytes out, LateReply reply);
  bool MayDeny(const wire::Query& query);
  void Complete(Waiting& waiting, wire::Bytes upstream_reply);
  void AnswerHeld(std::vector<HeldQuery> held);

  SnapshotReader snapshot_;
  Forwarder& forwarder_;
  EventLoop& loop_;
  const SteadyTime doubt_until_;
  HeldQueries held_;
  Counters& counters_;
  wire::Query query_;
  uint32_t rotation_ = 0;
};

}  // namespace ordinal::dns
