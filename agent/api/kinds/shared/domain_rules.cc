#include "agent/api/kinds/shared/domain_rules.h"

#include <algorithm>
#include <charconv>

namespace ordinal::api {

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
  constexpr const char* kComplaint = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || CheckAddress(text.substr(0, slash))) return kComplaint;
  const bool wide = text.substr(0, slash).find(':') != std::string_view::npos;
  const std::string_view digits = text.substr(slash + 1);
  int bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  const bool number = error == std::errc() && end == digits.data() + digits.size();
  if (!number || bits < 0 || bits > (wide ? 128 : 32)) return kComplaint;
  return std::nullopt;
}

}  // namespace ordinal::api
