#include "agent/http/https_url.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace ordinal::http {
namespace {

constexpr std::string_view kScheme = "https://";
constexpr size_t kPlace = std::string::npos;

Error Wrong(const char* why) { return MakeError(ErrorCode::kInvalid, why); }

/// "issuer.example", "10.0.0.7:8443", "[fd00::7]:8443".
Status ReadAuthority(HttpsUrl& url) {
  std::string_view rest = url.authority;
  if (rest.starts_with('[')) {
    const size_t end = rest.find(']');
    if (end == kPlace) return Wrong("URL has an address without its \"]\"");
    url.host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
  } else {
    url.host = rest.substr(0, rest.find(':'));
    rest.remove_prefix(url.host.size());
  }
  if (url.host.empty()) return Wrong("URL must have a host");
  if (rest.empty()) return {};
  if (rest.front() != ':') return Wrong("URL has something else than a port behind its host");
  rest.remove_prefix(1);
  const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), url.port);
  if (failed != std::errc() || end != rest.data() + rest.size() || url.port == 0) {
    return Wrong("URL must have a port from 1 to 65535, or none");
  }
  return {};
}

}  // namespace

Result<HttpsUrl> ParseHttpsUrl(const std::string& text) {
  const auto foreign = [](unsigned char c) { return c <= ' ' || c >= 0x7f || c == '"' || c == '\\'; };
  if (std::any_of(text.begin(), text.end(), foreign)) return Wrong("URL has a byte that must be escaped");
  if (!text.starts_with(kScheme)) return Wrong("URL scheme must be https");
  HttpsUrl url;
  std::string rest = text.substr(kScheme.size());
  if (const size_t hash = rest.find('#'); hash != kPlace) {
    url.fragment = rest.substr(hash + 1);
    rest.resize(hash);
  }
  const size_t path = std::min(rest.find_first_of("/?"), rest.size());
  url.authority = rest.substr(0, path);
  if (path < rest.size()) url.target = rest.substr(path);
  if (url.target.front() != '/') url.target.insert(0, "/");
  url.has_query = url.target.find('?') + 1 < url.target.size() && url.target.find('?') != kPlace;
  if (const size_t at = url.authority.rfind('@'); at != kPlace) {
    url.user = url.authority.substr(0, at + 1);
    url.authority.erase(0, at + 1);
  }
  TRYV(ReadAuthority(url));
  return url;
}

}  // namespace ordinal::http
