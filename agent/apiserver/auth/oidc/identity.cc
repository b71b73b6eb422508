#include "agent/apiserver/auth/oidc/identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "agent/api/read.h"

namespace ordinal::apiserver::auth::oidc {
namespace {

using api::Json;
using Strings = std::vector<std::string>;

constexpr double kLeeway = 300;  // seconds, of clocks that differ

Error Refused(std::string why) { return MakeError(ErrorCode::kInvalid, "the token's " + std::move(why)); }

/// A string or a list of them; nothing for anything else.
std::optional<Strings> ReadStrings(const Json& value) {
  if (value.is_string()) return Strings{value.get<std::string>()};
  if (!value.is_array()) return std::nullopt;
  Strings out;
  for (const Json& each : value) {
    if (!each.is_string()) return std::nullopt;
    out.push_back(each.get<std::string>());
  }
  return out;
}

Result<std::string> ReadText(const Json& claims, const std::string& claim) {
  const Json& value = api::Member(claims, claim);
  if (!value.is_string())
    return Refused(fmt::format("claim \"{}\" is {}", claim, value.is_null() ? "missing" : "no string"));
  return value.get<std::string>();
}

/// Seconds since 1970, with a fraction or without; nothing: the claim is not there.
Result<std::optional<double>> ReadSeconds(const Json& claims, const char* claim) {
  const Json& value = api::Member(claims, claim);
  if (value.is_null()) return std::optional<double>();
  if (!value.is_number()) return Refused(fmt::format("claim \"{}\" is no number", claim));
  return std::optional(value.get<double>());
}

Status CheckAudience(const JwtIssuer& issuer, const Json& claims) {
  const std::optional<Strings> own = ReadStrings(api::Member(claims, "aud"));
  const auto meant = [&issuer](const std::string& audience) {
    return std::find(issuer.audiences.begin(), issuer.audiences.end(), audience) != issuer.audiences.end();
  };
  if (own && std::any_of(own->begin(), own->end(), meant)) return {};
  return Refused("claim \"aud\" has none of the audiences of its issuer");
}

/// Of a user that is named by an address: who says that it is not checked, is not believed.
Status CheckEmail(const Json& claims) {
  const auto verified = claims.find("email_verified");
  if (verified == claims.end()) return {};
  if (!verified->is_boolean()) return Refused("claim \"email_verified\" is neither true nor false");
  return verified->get<bool>() ? Status() : Refused("claim \"email_verified\" is false");
}

Status CheckRequired(const JwtIssuer& issuer, const Json& claims) {
  for (const auto& [claim, value] : issuer.required_claims) {
    TRY(const std::string own, ReadText(claims, claim));
    if (own != value) return Refused(fmt::format("claim \"{}\" has not the value that it must have", claim));
  }
  return {};
}

}  // namespace

std::string IssuerOf(const Json& claims) {
  std::string issuer = api::ReadString(claims, "iss");
  // An old form of one issuer's own name (OpenID Connect Core 1.0, 15.6.2).
  return issuer == "accounts.google.com" ? "https://accounts.google.com" : issuer;
}

Status CheckClaims(const JwtIssuer& issuer, const Json& claims, WallTime now) {
  TRYV(CheckAudience(issuer, claims));
  TRY(const std::optional<double> expires, ReadSeconds(claims, "exp"));
  TRY(const std::optional<double> not_before, ReadSeconds(claims, "nbf"));
  TRYV(ReadSeconds(claims, "iat"));
  const double seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
  // Comparisons that are false for what is no number of seconds.
  if (!expires || !(seconds <= *expires)) return Refused("time is over (claim \"exp\")");
  if (not_before && !(*not_before <= seconds + kLeeway)) return Refused("time has not come (claim \"nbf\")");
  return {};
}

Result<http::User> UserOf(const JwtIssuer& issuer, const Json& claims) {
  http::User user;
  TRY(const std::string name, ReadText(claims, issuer.username.claim));
  if (issuer.username.claim == "email") TRYV(CheckEmail(claims));
  user.name = issuer.username.prefix + name;
  if (user.name.empty()) return Refused(fmt::format("claim \"{}\" is empty", issuer.username.claim));
  const Json& groups = issuer.groups.claim.empty() ? Json() : api::Member(claims, issuer.groups.claim);
  if (!groups.is_null()) {
    const std::optional<Strings> own = ReadStrings(groups);
    if (!own) return Refused(fmt::format("claim \"{}\" is neither a string nor a list of them", issuer.groups.claim));
    for (const std::string& group : *own) user.groups.push_back(issuer.groups.prefix + group);
  }
  if (!issuer.uid_claim.empty()) {
    TRY(user.uid, ReadText(claims, issuer.uid_claim));
  }
  TRYV(CheckRequired(issuer, claims));
  return user;
}

}  // namespace ordinal::apiserver::auth::oidc
