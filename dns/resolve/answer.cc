#include "dns/resolve/answer.h"

#include <array>
#include <cstring>

namespace ordinal::dns {
namespace {

// Timers of a zone nobody transfers; the recorded cluster's values.
constexpr uint32_t kRefresh = 7200;
constexpr uint32_t kRetry = 1800;
constexpr uint32_t kExpire = 86400;

// The SOA record with its three pointers (owner, and the tails of mname and rname) still to be patched.
constexpr std::string_view kServerLabels("\2ns\3dns", 7);
constexpr std::string_view kMailLabels("\12hostmaster", 11);
constexpr size_t kServerPointer = wire::kHeaderSize + kServerLabels.size();
constexpr size_t kMailPointer = kServerPointer + 2 + kMailLabels.size();
constexpr size_t kSoaNumbers = kMailPointer + 2;
constexpr size_t kSoaSize = kSoaNumbers + 20;

std::array<uint8_t, kSoaSize> RenderSoa(uint32_t serial) {
  std::array<uint8_t, kSoaSize> soa{};
  uint8_t* at = soa.data();
  wire::Store16(at + 2, static_cast<uint16_t>(wire::Type::kSoa));
  wire::Store16(at + 4, wire::kClassIn);
  wire::Store32(at + 6, kRecordTtl);
  wire::Store16(at + 10, kSoaSize - wire::kHeaderSize);
  std::memcpy(at + wire::kHeaderSize, kServerLabels.data(), kServerLabels.size());
  std::memcpy(at + kServerPointer + 2, kMailLabels.data(), kMailLabels.size());
  at += kSoaNumbers;
  for (const uint32_t number : {serial, kRefresh, kRetry, kExpire, kRecordTtl}) {
    wire::Store32(at, number);
    at += 4;
  }
  return soa;
}

bool HoldsAddresses(const RecordSet& set) { return set.type == wire::Type::kA || set.type == wire::Type::kAaaa; }

}  // namespace

bool Answer::AddRecord(wire::Section section, const Node& owner, std::string_view record, size_t owner_offset) {
  if (owner_offset < wire::kPointerReach) return writer_.Append(section, record, 1, owner_offset);
  return writer_.AppendFullOwner(section, record, owner.name);
}

void Answer::AddWhole(const Node& owner, const RecordSet& set, size_t owner_offset, uint32_t rotation) {
  const std::string_view all = set.rendered;
  // Addresses of one family are all of one size, so the first record to write is found without a walk.
  const size_t start = HoldsAddresses(set) ? rotation % set.count * (all.size() / set.count) : 0;
  const bool as_rendered = owner_offset == wire::kHeaderSize && start == 0;
  if (as_rendered && writer_.Append(wire::Section::kAnswer, all, set.count, owner_offset)) return;
  size_t at = start;
  for (uint16_t i = 0; i < set.count; ++i) {
    const std::string_view record = all.substr(at, wire::RenderedSize(all.substr(at)));
    if (!AddRecord(wire::Section::kAnswer, owner, record, owner_offset)) {
      truncated_ = true;
      return;
    }
    at = at + record.size() == all.size() ? 0 : at + record.size();
  }
}

void Answer::AddSet(const Node& owner, const RecordSet& set, size_t owner_offset, uint32_t rotation) {
  const size_t set_offset = writer_.position();
  AddWhole(owner, set, owner_offset, rotation);
  // The targets' offsets hold only for a set written in its own order with owners of two bytes.
  if (!truncated_ && owner_offset < wire::kPointerReach) AddAdditional(set, set_offset);
}

void Answer::AddAdditional(const RecordSet& set, size_t set_offset) {
  for (const Additional& additional : set.additional) {
    const size_t name_offset = set_offset + additional.name_offset;
    for (const RecordSet& addresses : additional.node->sets) {
      if (!HoldsAddresses(addresses)) continue;
      for (std::string_view rest = addresses.rendered; !rest.empty();) {
        const std::string_view record = rest.substr(0, wire::RenderedSize(rest));
        if (!AddRecord(wire::Section::kAdditional, *additional.node, record, name_offset)) return;
        rest.remove_prefix(record.size());
      }
    }
  }
}

void Answer::AddSoa(wire::Section section) {
  const auto soa = RenderSoa(snapshot_.serial());
  const std::string_view record(reinterpret_cast<const char*>(soa.data()), soa.size());
  // The question is in the zone, so the zone's name is its tail.
  const size_t zone_offset = wire::kHeaderSize + query_.name_size - snapshot_.zone().size();
  const size_t at = writer_.position();
  if (!writer_.Append(section, record, 1, zone_offset)) {
    truncated_ = true;
    return;
  }
  writer_.PatchPointer(at + kServerPointer, zone_offset);
  writer_.PatchPointer(at + kMailPointer, zone_offset);
}

}  // namespace ordinal::dns
