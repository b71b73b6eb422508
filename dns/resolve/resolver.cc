#include "dns/resolve/resolver.h"

#include "dns/resolve/answer.h"

namespace ordinal::dns {
namespace {

using wire::Rcode;
using wire::Type;

constexpr std::string_view kReverseV4("\7in-addr\4arpa", 14);
constexpr std::string_view kReverseV6("\3ip6\4arpa", 10);
constexpr std::string_view kServiceLabel("\3svc", 5);
constexpr int kMaxAliases = 8;  // a loop of ExternalName services ends here

bool IsReverse(std::string_view name) {
  return wire::EndsWithName(name, kReverseV4) || wire::EndsWithName(name, kReverseV6);
}

/// Names that a search list asks for as they are and no resolver outside knows: "db", "db-0.db.default.svc".
bool IsOursWithoutZone(std::string_view name) {
  const bool single_label = !name.empty() && name.size() == static_cast<uint8_t>(name[0]) + 2U;
  return single_label || wire::EndsWithName(name, kServiceLabel);
}

Outcome Reply(size_t size, Rcode rcode) { return {Outcome::Kind::kReply, size, rcode}; }

Outcome Unsure(size_t size) {
  Outcome outcome = Reply(size, Rcode::kServFail);
  outcome.unsure = true;
  return outcome;
}

/// A reverse name of ours. The addresses around it belong to others, so there is no SOA to give.
Outcome ReplyReverse(const Node& node, Answer& answer, wire::ReplyWriter& writer, const wire::Query& query) {
  if (const RecordSet* set = node.Find(query.type)) answer.AddSet(node, *set, wire::kHeaderSize, 0);
  const uint16_t tc = answer.truncated() ? wire::kFlagTc : 0;
  Outcome outcome = Reply(writer.Finish(Rcode::kNoError, wire::kFlagAa | tc), Rcode::kNoError);
  outcome.truncated = answer.truncated();
  return outcome;
}

/// Follows the aliases of ExternalName services, then answers from the last name.
class ZoneReply {
 public:
  ZoneReply(const Snapshot& snapshot, const wire::Query& query, wire::ReplyWriter& writer, uint32_t rotation)
      : snapshot_(snapshot), query_(query), writer_(writer), rotation_(rotation), answer_(snapshot, query, writer) {}

  Outcome Write() {
    const Node* node = snapshot_.Find(query_.name());
    size_t owner_offset = wire::kHeaderSize;
    for (int aliases = 0; node != nullptr && aliases < kMaxAliases; ++aliases) {
      const RecordSet* alias = node->Find(Type::kCname);
      if (alias == nullptr || query_.type == Type::kCname) break;
      const size_t at = writer_.position();
      answer_.AddSet(*node, *alias, owner_offset, 0);
      if (answer_.truncated()) return Finish(Rcode::kNoError);
      owner_offset = at + wire::kHeaderSize;
      const std::string_view target = std::string_view(alias->rendered).substr(wire::kHeaderSize);
      if (!wire::EndsWithName(target, snapshot_.zone().wire())) return Chase(target);
      node = snapshot_.Find(target);
    }
    return WriteLast(node, owner_offset);
  }

 private:
  Outcome WriteLast(const Node* node, size_t owner_offset) {
    const bool aliased = owner_offset != wire::kHeaderSize;
    if (node == nullptr && !snapshot_.whole()) return Unsure(Finish(Rcode::kServFail).size);
    if (node == nullptr) {
      answer_.AddSoa(wire::Section::kAuthority);
      return Finish(Rcode::kNxDomain);
    }
    if (const RecordSet* set = node->Find(query_.type)) {
      answer_.AddSet(*node, *set, owner_offset, rotation_);
    } else if (query_.type == Type::kSoa && !aliased && node->name == snapshot_.zone().wire()) {
      answer_.AddSoa(wire::Section::kAnswer);
    } else {
      answer_.AddSoa(wire::Section::kAuthority);
    }
    return Finish(Rcode::kNoError);
  }

  Outcome Chase(std::string_view target) {
    Outcome outcome = Finish(Rcode::kNoError);
    outcome.kind = Outcome::Kind::kChase;
    outcome.target = target;
    return outcome;
  }

  Outcome Finish(Rcode rcode) {
    const uint16_t tc = answer_.truncated() ? wire::kFlagTc : 0;
    Outcome outcome = Reply(writer_.Finish(rcode, wire::kFlagAa | tc), rcode);
    outcome.truncated = answer_.truncated();
    return outcome;
  }

  const Snapshot& snapshot_;
  const wire::Query& query_;
  wire::ReplyWriter& writer_;
  const uint32_t rotation_;
  Answer answer_;
};

Rcode RcodeOf(wire::Verdict verdict) {
  switch (verdict) {
    case wire::Verdict::kNotImp: return Rcode::kNotImp;
    case wire::Verdict::kBadVers: return Rcode::kBadVers;
    default: return Rcode::kFormErr;
  }
}

}  // namespace

size_t ReplyLimit(const wire::Query& query, Transport transport) {
  return transport == Transport::kUdp ? query.UdpLimit() : wire::kMaxMessageSize;
}

Outcome Resolve(const Snapshot& snapshot, wire::Bytes request, Transport transport, uint32_t rotation,
                wire::MutableBytes out, wire::Query& query) {
  const wire::Verdict verdict = ParseQuery(request, query);
  const auto refuse = [&](Rcode rcode) { return Reply(wire::WriteError(request, query, rcode, out), rcode); };
  if (verdict == wire::Verdict::kDrop) return {Outcome::Kind::kDrop, 0, Rcode::kNoError};
  if (verdict != wire::Verdict::kQuestion) return refuse(RcodeOf(verdict));
  if (query.klass != wire::kClassIn || query.type == Type::kAxfr || query.type == Type::kIxfr) {
    return refuse(Rcode::kRefused);
  }
  const auto unsure = [&] { return Unsure(wire::WriteError(request, query, Rcode::kServFail, out)); };
  const bool in_zone = wire::EndsWithName(query.name(), snapshot.zone().wire());
  const bool reverse = !in_zone && IsReverse(query.name());
  if (!in_zone && !snapshot.whole() && IsOursWithoutZone(query.name())) return unsure();
  if (!in_zone && !reverse) return {Outcome::Kind::kForward, 0, Rcode::kNoError};
  if (!snapshot.synced()) return unsure();
  wire::ReplyWriter writer(request, query, out, ReplyLimit(query, transport));
  if (in_zone) return ZoneReply(snapshot, query, writer, rotation).Write();
  const Node* node = snapshot.Find(query.name());
  if (node == nullptr && !snapshot.whole()) return unsure();
  if (node == nullptr) return {Outcome::Kind::kForward, 0, Rcode::kNoError};
  Answer answer(snapshot, query, writer);
  return ReplyReverse(*node, answer, writer, query);
}

}  // namespace ordinal::dns
