#include "agent/apiserver/proxy/headers.h"

#include <algorithm>
#include <boost/algorithm/string/case_conv.hpp>
#include <iterator>

#include "agent/http/bearer.h"

namespace ordinal::apiserver::proxy {
namespace {

using std::string_view;

constexpr string_view kHopByHop[] = {
    "connection", "proxy-connection",  "keep-alive", "proxy-authenticate", "proxy-authorization", "te",
    "trailer",    "transfer-encoding", "upgrade"};
constexpr string_view kOfTheBody[] = {"host", "content-length", "expect", "authorization"};
constexpr string_view kWrittenAnew[] = {"content-length", "content-type", "date"};
constexpr string_view kOfOtherOrigins[] = {"access-control-allow-credentials", "access-control-allow-headers",
                                           "access-control-allow-methods", "access-control-allow-origin"};
constexpr char kForwardedFor[] = "x-forwarded-for", kForwardedUri[] = "x-forwarded-uri";

template <size_t N>
bool IsOne(const string_view (&names)[N], string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// Go's path.Clean of an absolute path.
std::string Clean(string_view path) {
  std::vector<string_view> words;
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    const string_view word = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    if (word == ".." && !words.empty()) words.pop_back();
    if (!word.empty() && word != "." && word != "..") words.push_back(word);
  }
  std::string clean;
  for (const string_view word : words) clean.append("/").append(word);
  return clean.empty() ? "/" : clean;
}

}  // namespace

std::string ForwardedFor(const http::Request& request) {
  std::string all;
  const auto [begin, end] = request.headers.equal_range(kForwardedFor);
  for (auto header = begin; header != end; ++header) all.append(all.empty() ? "" : ", ").append(header->second);
  if (!request.remote.empty()) all.append(all.empty() ? "" : ", ").append(request.remote);
  return all;
}

Fields RequestFields(const http::Request& request, const std::string& path) {
  std::string named;  // by Connection: fields of this connection too
  const auto [begin, end] = request.headers.equal_range("connection");
  for (auto header = begin; header != end; ++header) named += header->second + ",";
  Fields fields;
  for (const auto& [name, value] : request.headers) {
    if (name == "te" && http::ListHas(value, "trailers")) fields.emplace_back("te", "trailers");
    if (IsOne(kHopByHop, name) || IsOne(kOfTheBody, name) || http::ListHas(named, name)) continue;
    if (name.starts_with("impersonate-") || name == kForwardedFor || name == kForwardedUri) continue;
    fields.emplace_back(name, value);
  }
  if (std::string forwarded = ForwardedFor(request); !forwarded.empty()) {
    fields.emplace_back(kForwardedFor, std::move(forwarded));
  }
  fields.emplace_back(kForwardedUri, path);
  return fields;
}

std::string RewriteLocation(string_view location, const Rewriting& how) {
  const std::string as_it_is(location);
  string_view rest = location;
  string_view origin;  // "http://host:80"
  const size_t scheme = rest.find("://");
  const bool absolute = scheme != string_view::npos && scheme < rest.find_first_of("/?#");
  if (absolute || rest.starts_with("//")) {
    const size_t host_at = absolute ? scheme + 3 : 2;
    const size_t path = std::min(rest.find_first_of("/?#", host_at), rest.size());
    const string_view host = rest.substr(host_at, path - host_at);
    if (host != how.authority && host != how.host) return as_it_is;
    if (host == how.host) origin = rest.substr(0, path);
    rest.remove_prefix(path);
  }
  if (!rest.starts_with('/')) return as_it_is;
  const size_t path_end = std::min(rest.find_first_of("?#"), rest.size());
  const string_view path = rest.substr(0, path_end), behind = rest.substr(path_end);
  std::string rewritten(origin);
  if (path.starts_with(how.prefix)) return rewritten.append(path).append(behind);
  rewritten += Clean(how.prefix + std::string(path));
  if (path.ends_with('/') && !rewritten.ends_with('/')) rewritten += '/';
  return rewritten.append(behind);
}

Fields AnswerFields(const Fields& theirs, const Rewriting& how) {
  std::string named;
  for (const auto& [name, value] : theirs) {
    if (boost::algorithm::to_lower_copy(name) == "connection") named += value + ",";
  }
  Fields fields;
  for (const auto& [name, value] : theirs) {
    const std::string lower = boost::algorithm::to_lower_copy(name);
    if (IsOne(kHopByHop, lower) || IsOne(kWrittenAnew, lower) || IsOne(kOfOtherOrigins, lower)) continue;
    if (http::ListHas(named, lower)) continue;
    fields.emplace_back(name, lower == "location" ? RewriteLocation(value, how) : value);
  }
  return fields;
}

}  // namespace ordinal::apiserver::proxy
