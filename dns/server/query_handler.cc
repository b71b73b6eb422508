#include "dns/server/query_handler.h"

#include <algorithm>
#include <memory>

#include "dns/server/forwarded.h"

namespace ordinal::dns {

/// What is kept of a client's query while the resolvers are asked.
struct QueryHandler::Waiting {
  std::vector<uint8_t> request;
  std::vector<uint8_t> alias;  // kChase: our reply so far
  wire::Query query;
  Transport transport;
  LateReply reply;
};

Outcome QueryHandler::Answer(wire::Bytes request, Transport transport, wire::MutableBytes out) {
  const Outcome outcome = Resolve(snapshot_.Current(), request, transport, rotation_++, out, query_);
  switch (outcome.kind) {
    case Outcome::Kind::kReply: counters_.CountReply(outcome.rcode); break;
    case Outcome::Kind::kDrop: Counters::Count(counters_.dropped); break;
    case Outcome::Kind::kForward:
    case Outcome::Kind::kChase: Counters::Count(counters_.forwarded); break;
  }
  if (outcome.truncated) Counters::Count(counters_.truncated);
  return outcome;
}

void QueryHandler::Forward(wire::Bytes request, Transport transport, const Outcome& outcome, wire::Bytes out,
                           LateReply reply) {
  const bool chase = outcome.kind == Outcome::Kind::kChase;
  const wire::Bytes alias = chase ? out.first(outcome.size) : wire::Bytes();
  auto waiting = std::make_shared<Waiting>(
      Waiting{{request.begin(), request.end()}, {alias.begin(), alias.end()}, query_, transport, std::move(reply)});
  auto upstream_request = chase ? TargetRequest(outcome.target, query_) : ForwardedRequest(request, query_, transport);
  forwarder_.Ask(std::move(upstream_request), transport,
                 [this, waiting](wire::Bytes upstream_reply) { Complete(*waiting, upstream_reply); });
}

void QueryHandler::Complete(const Waiting& waiting, wire::Bytes upstream_reply) {
  const size_t limit = ReplyLimit(waiting.query, waiting.transport);
  std::vector<uint8_t> out;
  // A name that the host's resolvers do not know may be one of ours that is not known yet.
  const bool unsure = !upstream_reply.empty() && waiting.alias.empty() && !snapshot_.Current().whole() &&
                      RcodeOf(upstream_reply) == wire::Rcode::kNxDomain;
  if (upstream_reply.empty() || unsure) {
    Counters::Count(counters_.unanswered);
  } else if (!waiting.alias.empty()) {
    auto joined = JoinAlias(waiting.alias, upstream_reply, limit);
    if (joined.ok()) out = std::move(joined).value();
  } else {
    out.resize(std::max(upstream_reply.size(), wire::kMinUdpSize));
    out.resize(ReplyForClient(upstream_reply, waiting.request, waiting.query, limit, out));
  }
  // The alias is ours to give, whatever becomes of its target.
  if (out.empty() && !waiting.alias.empty()) out = waiting.alias;
  if (out.empty()) {
    out.resize(wire::kMinUdpSize);
    out.resize(wire::WriteError(waiting.request, waiting.query, wire::Rcode::kServFail, out));
  }
  counters_.CountReply(RcodeOf(out));
  waiting.reply(out);
}

}  // namespace ordinal::dns
