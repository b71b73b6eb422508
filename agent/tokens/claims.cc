#include "agent/tokens/claims.h"

#include <fmt/format.h>

#include "agent/api/read.h"

namespace ordinal::tokens {
namespace {

using api::Json;
using std::chrono::seconds;

constexpr char kPrivate[] = "kubernetes.io";
constexpr int64_t kLastSecond = int64_t{1} << 33;  // the year 2242: nanoseconds since 1970 fit 64 bits until 2262

Json ToJson(const Named& named) { return Json{{"name", named.name}, {"uid", named.uid}}; }

Error Fault(const char* claim) {
  return MakeError(ErrorCode::kInvalid, fmt::format("the token's claim \"{}\" is missing or wrong", claim));
}

Result<WallTime> ParseSeconds(const Json& json, const char* claim) {
  const Json& value = api::Member(json, claim);
  if (!value.is_number_integer()) return Fault(claim);
  const auto count = value.get<int64_t>();
  if (count < 0 || count > kLastSecond) return Fault(claim);
  return WallTime(seconds(count));
}

Result<std::string> ParseText(const Json& json, const char* claim) {
  std::string text = api::ReadString(json, claim);
  if (text.empty()) return Fault(claim);
  return text;
}

Result<Named> ParseNamed(const Json& json, const char* claim, bool required) {
  const Json& value = api::Member(json, claim);
  if (value.is_null() && !required) return Named();
  Named named{api::ReadString(value, "name"), api::ReadString(value, "uid")};
  if (named.name.empty() || named.uid.empty()) return Fault(claim);
  return named;
}

/// A string, or a list of them (RFC 7519, 4.1.3).
Result<std::vector<std::string>> ParseAudiences(const Json& json) {
  const Json& value = api::Member(json, "aud");
  if (value.is_string()) return std::vector<std::string>{value.get<std::string>()};
  if (!value.is_array() || value.empty()) return Fault("aud");
  std::vector<std::string> audiences;
  for (const Json& each : value) {
    if (!each.is_string()) return Fault("aud");
    audiences.push_back(each.get<std::string>());
  }
  return audiences;
}

}  // namespace

int64_t SecondsOf(WallTime time) { return std::chrono::floor<seconds>(time).time_since_epoch().count(); }

std::string Claims::Subject() const { return fmt::format("system:serviceaccount:{}:{}", ns, account.name); }

Json ToJson(const Claims& claims) {
  Json own = {{"namespace", claims.ns}, {"serviceaccount", ToJson(claims.account)}};
  if (!claims.pod.name.empty()) own["pod"] = ToJson(claims.pod);
  if (!claims.node.name.empty()) own["node"] = ToJson(claims.node);
  if (!claims.secret.name.empty()) own["secret"] = ToJson(claims.secret);
  return Json{{"iss", claims.issuer},
              {"sub", claims.Subject()},
              {"aud", claims.audiences},
              {"jti", claims.id},
              {"iat", SecondsOf(claims.issued)},
              {"nbf", SecondsOf(claims.issued)},
              {"exp", SecondsOf(claims.expires)},
              {kPrivate, std::move(own)}};
}

Result<Claims> ParseClaims(const Json& json) {
  Claims claims;
  TRY(claims.issuer, ParseText(json, "iss"));
  TRY(claims.audiences, ParseAudiences(json));
  TRY(claims.id, ParseText(json, "jti"));
  TRY(claims.issued, ParseSeconds(json, "nbf"));
  TRY(claims.expires, ParseSeconds(json, "exp"));
  const Json& own = api::Member(json, kPrivate);
  TRY(claims.ns, ParseText(own, "namespace"));
  TRY(claims.account, ParseNamed(own, "serviceaccount", true));
  TRY(claims.pod, ParseNamed(own, "pod", false));
  TRY(claims.node, ParseNamed(own, "node", false));
  TRY(claims.secret, ParseNamed(own, "secret", false));
  if (api::ReadString(json, "sub") != claims.Subject()) return Fault("sub");
  return claims;
}

}  // namespace ordinal::tokens
