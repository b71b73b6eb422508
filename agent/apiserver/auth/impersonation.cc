#include "agent/apiserver/auth/impersonation.h"

#include <fmt/format.h>

#include "agent/apiserver/failure.h"

namespace ordinal::apiserver::auth {
namespace {

constexpr std::string_view kPrefix = "impersonate-", kExtra = "impersonate-extra-";
constexpr std::string_view kVersion = "authentication.k8s.io/v1";

/// As the reference prints a v1.ObjectReference: kind, namespace, name, uid, version, revision, path.
std::string Reference(std::string_view kind, std::string_view name, std::string_view version, std::string_view path) {
  return fmt::format("{{{}  {}  {}  {}}}", kind, name, version, path);
}

/// What its headers ask for beside a user.
std::string Wishes(const http::Request& request) {
  std::string groups, extras, uid;
  for (const auto& [name, value] : request.headers) {
    if (name == "impersonate-group") groups += (groups.empty() ? "" : " ") + Reference("Group", value, "", "");
    if (name == "impersonate-uid") uid = Reference("UID", value, kVersion, "");
    if (name.starts_with(kExtra)) {
      extras += (extras.empty() ? "" : " ") + Reference("UserExtra", value, kVersion, name.substr(kExtra.size()));
    }
  }
  std::string all;
  for (const std::string& part : {groups, extras, uid}) {
    if (!part.empty()) all += (all.empty() ? "" : " ") + part;
  }
  return all;
}

}  // namespace

std::optional<http::Response> RefuseImpersonation(const http::Request& request) {
  const auto first = request.headers.lower_bound(std::string(kPrefix));
  if (first == request.headers.end() || !first->first.starts_with(kPrefix)) return std::nullopt;
  if (!request.Header("impersonate-user").empty()) {
    return Failure(501, "acting as another user (Impersonate-User) is not supported");
  }
  const std::string wishes = Wishes(request);
  if (wishes.empty()) return std::nullopt;
  http::Response response;
  response.status = 500;
  response.content_type = "text/plain; charset=utf-8";
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.body = fmt::format("Internal Server Error: \"{}\": requested [{}] without impersonating a user\n",
                              request.target, wishes);
  return response;
}

}  // namespace ordinal::apiserver::auth
