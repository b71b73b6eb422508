// DNS messages (RFC 1035, SRV: RFC 2782), bytes only: a query out, the records of an answer in.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kubia {

constexpr uint16_t kTypeA = 1;
constexpr uint16_t kTypeSrv = 33;

struct Answer {
  int rcode = 0;
  bool truncated = false;                             ///< ask again over TCP
  std::vector<std::string> targets;                   ///< of SRV records, each once, in order of arrival
  std::multimap<std::string, std::string> addresses;  ///< owner name → IPv4, from every section
};

/// A recursive query with EDNS (1232 bytes); empty when `name` is not a domain name.
std::string EncodeQuery(uint16_t id, const std::string& name, uint16_t type);

/// Nothing when `message` is not a well-formed answer with this id. Names come without the last dot, in lower case.
std::optional<Answer> DecodeAnswer(std::string_view message, uint16_t id);

}  // namespace kubia
