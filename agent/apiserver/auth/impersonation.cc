#include "agent/apiserver/auth/impersonation.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/api/names.h"
#include "agent/apiserver/auth/users.h"
#include "agent/apiserver/failure.h"

namespace ordinal::apiserver::auth {
namespace {

constexpr std::string_view kPrefix = "impersonate-", kExtra = "impersonate-extra-";
constexpr std::string_view kVersion = "authentication.k8s.io/v1";
constexpr std::string_view kReviews = "authentication.k8s.io";

/// As the reference prints a v1.ObjectReference: kind, namespace, name, uid, version, revision, path.
std::string Reference(std::string_view kind, std::string_view name, std::string_view version, std::string_view path) {
  return fmt::format("{{{}  {}  {}  {}}}", kind, name, version, path);
}

int HexOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// A key of extra fields is percent-encoded in a header's name; one that is wrongly so is taken as it is.
std::string KeyOf(std::string_view header) {
  const std::string_view text = header.substr(kExtra.size());
  std::string key;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      key += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? HexOf(text[i + 1]) : -1, low = high < 0 ? -1 : HexOf(text[i + 2]);
    if (low < 0) return std::string(text);
    key += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return key;
}

/// What the headers name.
struct Wish {
  std::string user, uid;
  std::vector<std::string> groups;
  std::vector<std::pair<std::string, std::string>> extra;

  bool empty() const { return user.empty() && uid.empty() && groups.empty() && extra.empty(); }
};

Wish WishOf(const http::Request& request) {
  Wish wish;
  wish.user = request.Header("impersonate-user");
  wish.uid = request.Header("impersonate-uid");
  for (const auto& [name, value] : request.headers) {
    if (name == "impersonate-group") wish.groups.push_back(value);
    if (name.starts_with(kExtra)) wish.extra.emplace_back(KeyOf(name), value);
  }
  return wish;
}

http::Response WithoutUser(const http::Request& request, const Wish& wish) {
  std::vector<std::string> named;
  for (const std::string& group : wish.groups) named.push_back(Reference("Group", group, "", ""));
  for (const auto& [key, value] : wish.extra) named.push_back(Reference("UserExtra", value, kVersion, key));
  if (!wish.uid.empty()) named.push_back(Reference("UID", wish.uid, kVersion, ""));
  http::Response response;
  response.status = 500;
  response.content_type = "text/plain; charset=utf-8";
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.body = fmt::format("Internal Server Error: \"{}\": requested [{}] without impersonating a user\n",
                              request.target, fmt::join(named, " "));
  return response;
}

/// Namespace and name of "system:serviceaccount:NAMESPACE:NAME".
std::optional<std::pair<std::string, std::string>> AccountOf(std::string_view user) {
  if (!user.starts_with(kAccountPrefix)) return std::nullopt;
  const std::string_view rest = user.substr(kAccountPrefix.size());
  const size_t colon = rest.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view ns = rest.substr(0, colon), name = rest.substr(colon + 1);
  if (api::CheckDnsLabel(ns) || api::CheckDnsSubdomain(name)) return std::nullopt;
  return std::pair(std::string(ns), std::string(name));
}

Attributes ToBe(std::string_view group, std::string_view resource, std::string name) {
  Attributes asked;
  asked.verb = "impersonate";
  asked.group = group;
  asked.resource = resource;
  asked.name = std::move(name);
  return asked;
}

/// What it takes to be that user: a right each.
std::vector<Attributes> NeededFor(const Wish& wish) {
  std::vector<Attributes> needed;
  if (const auto account = AccountOf(wish.user)) {
    needed.push_back(ToBe("", "serviceaccounts", account->second));
    needed.back().ns = account->first;
  } else {
    needed.push_back(ToBe("", "users", wish.user));
  }
  for (const std::string& group : wish.groups) needed.push_back(ToBe("", "groups", group));
  for (const auto& [key, value] : wish.extra) {
    needed.push_back(ToBe(kReviews, "userextras", value));
    needed.back().subresource = key;
  }
  if (!wish.uid.empty()) needed.push_back(ToBe(kReviews, "uids", wish.uid));
  return needed;
}

/// Whoever is somebody is among those who are known, unless the headers say themselves which.
http::User UserOf(Wish wish) {
  http::User user;
  const auto account = AccountOf(wish.user);
  if (account && wish.groups.empty()) {
    wish.groups = {std::string(kAccountsGroup), std::string(kAccountsGroup) + ":" + account->first};
  }
  user.name = std::move(wish.user);
  user.uid = std::move(wish.uid);
  user.groups = std::move(wish.groups);
  user.extra = std::move(wish.extra);
  const bool anonymous = user.name == kAnonymousName;
  const bool said = InGroup(user, kUnauthenticated) || (!anonymous && InGroup(user, kAuthenticated));
  if (!said) user.groups.emplace_back(anonymous ? kUnauthenticated : kAuthenticated);
  return user;
}

}  // namespace

std::optional<http::Response> Impersonate(const Authorizer& access, http::Request& request) {
  auto& headers = request.headers;
  const auto first = headers.lower_bound(std::string(kPrefix));
  if (first == headers.end() || !first->first.starts_with(kPrefix)) return std::nullopt;
  Wish wish = WishOf(request);
  if (wish.empty()) return std::nullopt;
  if (wish.user.empty()) return WithoutUser(request, wish);
  for (const Attributes& each : NeededFor(wish)) {
    if (!access.Allows(request.user, each)) return Forbidden(request.user, each, access.Reason(request.user, each));
  }
  request.user = UserOf(std::move(wish));
  std::erase_if(headers, [](const auto& header) { return header.first.starts_with(kPrefix); });
  return std::nullopt;
}

}  // namespace ordinal::apiserver::auth
