#include "agent/tokens/issuer.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/tokens/keys.h"

namespace ordinal::tokens {
namespace {

// go-jose's leeway, which the reference uses; a clock may have been set back since the token was made.
constexpr std::chrono::minutes kLeeway{1};

Error Refused(std::string why) { return MakeError(ErrorCode::kInvalid, "the token " + std::move(why)); }

bool Meet(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](const auto& one) { return std::find(b.begin(), b.end(), one) != b.end(); });
}

}  // namespace

Issuer::Issuer(std::string name, std::vector<SigningKey> keys, const Clock& clock, Random& random)
    : name_(std::move(name)), clock_(clock), random_(random) {
  Use(std::move(keys));
}

void Issuer::Use(std::vector<SigningKey> keys) {
  auto next = std::make_shared<const std::vector<SigningKey>>(std::move(keys));
  const std::lock_guard lock(mutex_);
  keys_ = std::move(next);
}

Issuer::Keys Issuer::keys() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

Result<Token> Issuer::Issue(Claims claims, int64_t seconds) const {
  const Keys held = keys();
  if (held->empty()) return MakeError(ErrorCode::kNotSupported, "there is no key to sign tokens with");
  constexpr int64_t kLongest = std::chrono::seconds(kLongestToken).count();
  claims.issuer = name_;
  claims.id = NewUid(random_);
  claims.issued = std::chrono::floor<std::chrono::seconds>(clock_.Now());
  claims.expires = claims.issued + std::chrono::seconds(std::clamp<int64_t>(seconds, 1, kLongest));
  if (claims.audiences.empty()) claims.audiences = {name_};
  TRY(std::string text, SignJwt(ToJson(claims), held->front()));
  return Token{std::move(text), claims.issued, claims.expires};
}

Result<Claims> Issuer::Check(const std::string& token, std::vector<std::string> audiences) const {
  const Keys held = keys();
  TRY(const api::Json json, CheckJwt(token, *held));
  TRY(Claims claims, ParseClaims(json));
  const WallTime now = clock_.Now();
  if (claims.issuer != name_) return Refused("is another issuer's");
  if (claims.issued > now + kLeeway) return Refused("is not valid yet");
  if (claims.expires + kLeeway <= now) return Refused("has expired");
  if (audiences.empty()) audiences = {name_};
  if (!Meet(claims.audiences, audiences)) return Refused("is for another audience");
  if (!subjects_.complete()) {
    return MakeError(ErrorCode::kUnavailable, "the agent has just begun and does not know yet who is there");
  }
  if (!subjects_.Lives(claims.account.uid, now)) return Refused("is of a service account that is gone");
  if (!claims.pod.uid.empty() && !subjects_.Lives(claims.pod.uid, now)) return Refused("is of a pod that is gone");
  if (!claims.secret.uid.empty() && !subjects_.Lives(claims.secret.uid, now))
    return Refused("is of a secret that is gone");
  return claims;
}

}  // namespace ordinal::tokens
