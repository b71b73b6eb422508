#include "agent/probes/url.h"

#include <fmt/format.h>

#include <charconv>
#include <vector>

namespace ordinal::probes {
namespace {

bool StandsInRequestLine(unsigned char byte) {
  return byte > 0x20 && byte < 0x7f && byte != '"' && byte != '<' && byte != '>';
}

std::string Escaped(std::string_view text) {
  std::string out;
  for (const unsigned char byte : text) {
    if (StandsInRequestLine(byte)) {
      out += static_cast<char>(byte);
    } else {
      out += fmt::format("%{:02X}", byte);
    }
  }
  return out;
}

std::string TargetOf(std::string_view path) {
  std::string target = Escaped(path.substr(0, path.find('#')));
  if (target.empty() || target.front() != '/') target.insert(target.begin(), '/');
  return target;
}

/// RFC 3986, 5.2.4, of a path that starts with a slash.
std::string WithoutDots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool directory = false;
  for (size_t at = 1; at <= path.size();) {
    const size_t slash = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, slash - at);
    directory = part == "." || part == "..";
    if (part == ".." && !kept.empty()) kept.pop_back();
    if (!directory) kept.push_back(part);
    at = slash + 1;
  }
  std::string out;
  for (const std::string_view part : kept) out.append("/").append(part);
  if (directory || out.empty()) out += '/';
  return out;
}

/// "host", "host:8080", "[::1]:8080", "user@host".
Status ReadAuthority(std::string_view text, Url& url) {
  const size_t at = text.rfind('@');
  if (at != std::string_view::npos) text.remove_prefix(at + 1);
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return MakeError(ErrorCode::kInvalid, "missing ']' in host");
    url.host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else {
    const size_t colon = text.find(':');
    url.host = text.substr(0, colon);
    port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  if (url.host.empty()) return MakeError(ErrorCode::kInvalid, "no host");
  url.port_given = port.size() > 1;
  url.port = url.tls ? 443 : 80;
  if (!url.port_given) return {};
  const auto [end, code] = std::from_chars(port.data() + 1, port.data() + port.size(), url.port);
  if (port.front() != ':' || code != std::errc() || end != port.data() + port.size()) {
    return MakeError(ErrorCode::kInvalid, fmt::format("invalid port \"{}\"", port));
  }
  return {};
}

}  // namespace

std::string Url::Authority() const {
  const std::string bracketed = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port_given ? fmt::format("{}:{}", bracketed, port) : bracketed;
}

std::string Url::Text() const { return fmt::format("{}://{}{}", tls ? "https" : "http", Authority(), target); }

Url MakeUrl(bool tls, std::string host, uint16_t port, std::string_view path) {
  Url url;
  url.tls = tls;
  url.host = std::move(host);
  url.port = port;
  url.target = TargetOf(path);
  return url;
}

Result<Url> Resolve(const Url& base, std::string_view location) {
  Url url = base;
  location = location.substr(0, location.find('#'));
  const size_t scheme_end = location.find("://");
  if (scheme_end != std::string_view::npos && location.find_first_of("/?") > scheme_end) {
    const std::string_view scheme = location.substr(0, scheme_end);
    if (scheme != "http" && scheme != "https") {
      return MakeError(ErrorCode::kInvalid, fmt::format("unsupported protocol scheme \"{}\"", scheme));
    }
    url.tls = scheme == "https";
    location.remove_prefix(scheme_end + 1);
  }
  if (location.starts_with("//")) {
    location.remove_prefix(2);
    const size_t end = std::min(location.find_first_of("/?"), location.size());
    TRYV(ReadAuthority(location.substr(0, end), url));
    url.target = TargetOf(location.substr(end));
    return url;
  }
  if (location.empty()) return url;
  const std::string_view old_path = std::string_view(base.target).substr(0, base.target.find('?'));
  const size_t query = std::min(location.find('?'), location.size());
  const std::string_view path = location.substr(0, query);
  const std::string whole = path.empty() ? std::string(old_path)
                            : path.front() == '/'
                                ? std::string(path)
                                : std::string(old_path.substr(0, old_path.rfind('/') + 1)).append(path);
  url.target = Escaped(WithoutDots(whole)) + Escaped(location.substr(query));
  return url;
}

}  // namespace ordinal::probes
