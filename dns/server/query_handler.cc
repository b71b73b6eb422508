#include "dns/server/query_handler.h"

#include <algorithm>
#include <memory>

#include "dns/resolve/spellings.h"
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

QueryHandler::QueryHandler(SnapshotSlot& slot, Forwarder& forwarder, EventLoop& loop, AfterStart after_start,
                           Counters& counters)
    : snapshot_(slot),
      forwarder_(forwarder),
      loop_(loop),
      doubt_until_(loop.Now() + after_start.doubt),
      held_(loop, after_start.hold, [this](std::vector<HeldQuery> held) { AnswerHeld(std::move(held)); }),
      counters_(counters) {}

Outcome QueryHandler::Answer(wire::Bytes request, Transport transport, wire::MutableBytes out) {
  Outcome outcome = Resolve(snapshot_.Current(), request, transport, rotation_++, out, query_);
  if (outcome.unsure && held_.MayHold()) outcome.kind = Outcome::Kind::kHold;
  if (outcome.kind == Outcome::Kind::kReply && outcome.rcode == wire::Rcode::kNxDomain && !MayDeny(query_)) {
    outcome.rcode = wire::Rcode::kServFail;
    outcome.size = wire::WriteError(request, query_, outcome.rcode, out);
  }
  switch (outcome.kind) {
    case Outcome::Kind::kReply: counters_.CountReply(outcome.rcode); break;
    case Outcome::Kind::kHold: return outcome;
    case Outcome::Kind::kDrop: Counters::Count(counters_.dropped); break;
    case Outcome::Kind::kForward:
    case Outcome::Kind::kChase: Counters::Count(counters_.forwarded); break;
  }
  if (outcome.truncated) Counters::Count(counters_.truncated);
  return outcome;
}

/// False while it would be the word about a name that exists.
bool QueryHandler::MayDeny(const wire::Query& query) {
  return loop_.Now() >= doubt_until_ || !SpellsAnExistingName(snapshot_.Current(), query.name());
}

void QueryHandler::AnswerLater(wire::Bytes request, Transport transport, const Outcome& outcome, wire::Bytes out,
                               LateReply reply) {
  if (outcome.kind != Outcome::Kind::kHold) return Forward(request, transport, outcome, out, std::move(reply));
  held_.Add({{request.begin(), request.end()}, transport, std::move(reply)});
}

void QueryHandler::AnswerHeld(std::vector<HeldQuery> held) {
  std::vector<uint8_t> out(wire::kMaxMessageSize);
  for (HeldQuery& query : held) {
    const Outcome outcome = Answer(query.request, query.transport, out);
    if (outcome.kind == Outcome::Kind::kReply) {
      query.reply(wire::Bytes(out).first(outcome.size));
    } else {
      AnswerLater(query.request, query.transport, outcome, out, std::move(query.reply));
    }
  }
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

void QueryHandler::Complete(Waiting& waiting, wire::Bytes upstream_reply) {
  const size_t limit = ReplyLimit(waiting.query, waiting.transport);
  std::vector<uint8_t> out;
  const bool denied =
      !upstream_reply.empty() && waiting.alias.empty() && RcodeOf(upstream_reply) == wire::Rcode::kNxDomain;
  // A name that the host's resolvers do not know may be one of ours that is not known yet.
  const bool unsure = denied && !snapshot_.Current().whole();
  if (unsure && held_.MayHold()) {
    return held_.Add({std::move(waiting.request), waiting.transport, std::move(waiting.reply)});
  }
  if (upstream_reply.empty() || unsure || (denied && !MayDeny(waiting.query))) {
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
