#include "dns/snapshot/draft.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "dns/snapshot/snapshot.h"

namespace ordinal::dns {
namespace {

void Put16(std::string& out, size_t value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value & 0xFF);
}

void PutRecord(RecordSet& set, uint32_t ttl, std::string_view data) {
  std::string& out = set.rendered;
  Put16(out, wire::kQuestionPointer);
  Put16(out, static_cast<uint16_t>(set.type));
  Put16(out, wire::kClassIn);
  Put16(out, ttl >> 16);
  Put16(out, ttl & 0xFFFF);
  Put16(out, data.size());
  out += data;
  ++set.count;
}

template <class Addresses>
void RenderAddresses(wire::Type type, const Addresses& addresses, std::vector<RecordSet>& sets) {
  if (addresses.empty()) return;
  RecordSet& set = sets.emplace_back();
  set.type = type;
  for (const auto& address : addresses) {
    PutRecord(set, kRecordTtl, {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()});
  }
}

void RenderSrv(const std::vector<SrvDraft>& records, std::vector<RecordSet>& sets) {
  if (records.empty()) return;
  RecordSet& set = sets.emplace_back();
  set.type = wire::Type::kSrv;
  const size_t weight = std::max<size_t>(1, 100 / records.size());
  for (const SrvDraft& srv : records) {
    std::string data;
    Put16(data, 0);  // priority
    Put16(data, weight);
    Put16(data, srv.port);
    data += srv.target.wire();
    PutRecord(set, kRecordTtl, data);
  }
}

template <class Record, class Key>
void KeepFirsts(std::vector<Record>& records, const Key& key) {
  if (records.size() < 2) return;
  std::unordered_set<std::string> seen;  // a search through the records themselves would be slow for a large service
  std::erase_if(records, [&](const Record& record) { return !seen.insert(key(record)).second; });
}

/// They are read for long and not added to any more.
std::vector<RecordSet> Fitted(std::vector<RecordSet> sets) {
  for (RecordSet& set : sets) set.rendered.shrink_to_fit();
  sets.shrink_to_fit();
  return sets;
}

}  // namespace

Address ParseAddress(const std::string& text) {
  Address address;
  wire::AddressV4 v4;
  wire::AddressV6 v6;
  if (inet_pton(AF_INET, text.c_str(), v4.bytes.data()) == 1) {
    address.v4 = v4;
  } else if (inet_pton(AF_INET6, text.c_str(), v6.bytes.data()) == 1) {
    address.v6 = v6;
  }
  return address;
}

wire::Name ReverseName(const Address& address) {
  std::string text;
  if (address.v4) {
    const auto& b = address.v4->bytes;
    text = fmt::format("{}.{}.{}.{}.in-addr.arpa", b[3], b[2], b[1], b[0]);
  } else {
    const auto& b = address.v6->bytes;
    for (auto byte = b.rbegin(); byte != b.rend(); ++byte) text += fmt::format("{:x}.{:x}.", *byte & 0xF, *byte >> 4);
    text += "ip6.arpa";
  }
  return wire::Name::FromText(text).value();  // well formed by construction
}

void KeepOnce(Draft& draft) {
  const auto bytes = [](const auto& address) { return std::string(address.bytes.begin(), address.bytes.end()); };
  KeepFirsts(draft.v4, bytes);
  KeepFirsts(draft.v6, bytes);
  KeepFirsts(draft.ptr, [](const wire::Name& name) { return std::string(name.wire()); });
  KeepFirsts(draft.srv,
             [](const SrvDraft& srv) { return fmt::format("{} ", srv.port) + std::string(srv.target.wire()); });
}

std::vector<RecordSet> Render(const Draft& draft) {
  std::vector<RecordSet> sets;
  if (draft.cname) {
    RecordSet& set = sets.emplace_back();
    set.type = wire::Type::kCname;
    PutRecord(set, kRecordTtl, draft.cname->wire());
    return Fitted(std::move(sets));  // an alias has no other records (RFC 1034 section 3.6.2)
  }
  RenderAddresses(wire::Type::kA, draft.v4, sets);
  RenderAddresses(wire::Type::kAaaa, draft.v6, sets);
  RenderSrv(draft.srv, sets);
  if (!draft.ptr.empty()) {
    RecordSet& set = sets.emplace_back();
    set.type = wire::Type::kPtr;
    for (const wire::Name& name : draft.ptr) PutRecord(set, kRecordTtl, name.wire());
  }
  if (!draft.txt.empty()) {
    RecordSet& set = sets.emplace_back();
    set.type = wire::Type::kTxt;
    for (const std::string& text : draft.txt) {
      PutRecord(set, kVersionTtl, std::string(1, static_cast<char>(text.size())) + text);
    }
  }
  return Fitted(std::move(sets));
}

}  // namespace ordinal::dns
