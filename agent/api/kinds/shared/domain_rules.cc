#include "agent/api/kinds/shared/domain_rules.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

namespace ordinal::api {
namespace {

struct AddressRange {
  bool wide = false;  ///< of IPv6
  std::array<unsigned char, 16> bytes{};
  int bits = 0;
};

std::optional<AddressRange> ParseRange(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string address(text.substr(0, slash));
  AddressRange range;
  range.wide = address.find(':') != std::string::npos;
  if (inet_pton(range.wide ? AF_INET6 : AF_INET, address.c_str(), range.bytes.data()) != 1) return std::nullopt;
  const std::string_view digits = text.substr(slash + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), range.bits);
  const bool number = error == std::errc() && end == digits.data() + digits.size();
  if (!number || range.bits < 0 || range.bits > (range.wide ? 128 : 32)) return std::nullopt;
  return range;
}

}  // namespace

Complaint CheckDomainPath(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash + 1 == text.size()) {
    return "must be a domain-prefixed path (such as \"acme.io/foo\")";
  }
  if (auto complaint = CheckDnsSubdomain(text.substr(0, slash))) return complaint;
  const std::string_view path = text.substr(slash + 1);
  const bool plain = std::all_of(path.begin(), path.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("-._~/%!$&'()*+,;=:@").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return std::nullopt;
  return "must have a path of letters, digits and -._~/ after the domain";
}

Complaint CheckFullDomain(std::string_view text) {
  if (auto complaint = CheckDnsSubdomain(text)) return complaint;
  if (std::count(text.begin(), text.end(), '.') >= 2) return std::nullopt;
  return "should be a domain with at least three segments separated by dots";
}

Complaint CheckAddressRange(std::string_view text) {
  if (ParseRange(text)) return std::nullopt;
  return "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
}

bool IsStrictlyWithin(std::string_view inner, std::string_view outer) {
  const std::optional<AddressRange> part = ParseRange(inner), whole = ParseRange(outer);
  if (!part || !whole || part->wide != whole->wide || part->bits <= whole->bits) return false;
  for (int bit = 0; bit < whole->bits; ++bit) {
    const int mask = 0x80 >> (bit % 8);
    if (((part->bytes[bit / 8] ^ whole->bytes[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

}  // namespace ordinal::api
