#include "agent/http/framing.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <string_view>
#include <vector>

#include "agent/http/bearer.h"

namespace ordinal::http {
namespace {

namespace beast = boost::beast::http;
using boost::beast::iequals;

std::vector<std::string_view> Codings(const RequestHead& head) {
  std::vector<std::string_view> codings;
  const auto [first, last] = head.equal_range(beast::field::transfer_encoding);
  for (auto field = first; field != last; ++field) {
    const auto words = WordsOf({field->value().data(), field->value().size()});
    codings.insert(codings.end(), words.begin(), words.end());
  }
  return codings;
}

bool IsChunked(std::string_view coding) {
  return iequals(boost::beast::string_view(coding.data(), coding.size()), "chunked");
}

std::optional<Refusal> CheckTransferEncoding(const RequestHead& head) {
  if (head.count(beast::field::transfer_encoding) == 0) return std::nullopt;
  if (head.version() < 11) return Refusal{400, "HTTP/1.0 has no Transfer-Encoding"};
  if (head.count(beast::field::content_length) > 0) {
    return Refusal{400, "a request has a Content-Length or a Transfer-Encoding, not both"};
  }
  const auto codings = Codings(head);
  const auto chunked = std::find_if(codings.begin(), codings.end(), IsChunked);
  if (codings.empty()) return Refusal{400, "the Transfer-Encoding is empty"};
  if (chunked != codings.end() && chunked + 1 != codings.end()) {
    return Refusal{400, "the transfer coding \"chunked\" must be the last, and there once"};
  }
  if (codings.size() == 1 && chunked != codings.end()) return std::nullopt;
  return Refusal{501, "the transfer coding \"" + std::string(codings.front()) + "\" is not supported; send chunked"};
}

std::optional<Refusal> CheckHost(const RequestHead& head) {
  const size_t hosts = head.count(beast::field::host);
  if (hosts > 1) return Refusal{400, "a request has one Host, not several"};
  if (hosts == 0) {
    if (head.version() < 11) return std::nullopt;
    return Refusal{400, "a request of HTTP/1.1 needs a Host"};
  }
  const auto host = head[beast::field::host];
  if (!IsHost(std::string_view(host.data(), host.size()))) return Refusal{400, "the Host is no name or address"};
  return std::nullopt;
}

}  // namespace

/// RFC 3986 3.2.2 and 3.2.3 as far as it tells an address from an attempt: a name, a number or [IPv6], and a port.
bool IsHost(std::string_view host) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~!$&'()*+;=%:[]").find(c) != std::string_view::npos;
  };
  return std::all_of(host.begin(), host.end(), fits);
}

std::optional<Refusal> CheckFraming(const RequestHead& head) {
  if (auto refusal = CheckTransferEncoding(head)) return refusal;
  if (auto refusal = CheckHost(head)) return refusal;
  const auto expect = head[beast::field::expect];
  if (!expect.empty() && !iequals(expect, "100-continue")) {
    return Refusal{417, "only the expectation 100-continue is known"};
  }
  return std::nullopt;
}

}  // namespace ordinal::http
