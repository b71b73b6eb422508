#include "agent/apiserver/auth/authenticator.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <unistd.h>

#include <algorithm>

#include "agent/apiserver/auth/users.h"
#include "agent/base/log.h"

namespace ordinal::apiserver::auth {
namespace {

std::vector<std::string> Split(std::string_view line) {
  std::vector<std::string> fields;
  while (true) {
    const size_t end = std::min(line.find(','), line.size());
    fields.emplace_back(line.substr(0, end));
    if (end == line.size()) return fields;
    line.remove_prefix(end + 1);
  }
}

/// "header.claims.signature".
bool LooksSigned(std::string_view token) { return std::count(token.begin(), token.end(), '.') == 2; }

}  // namespace

Result<std::vector<Token>> ParseTokens(std::string_view text) {
  std::vector<Token> tokens;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    auto fields = Split(line);
    if (fields.size() < 3 || std::any_of(fields.begin(), fields.end(), [](const auto& one) { return one.empty(); })) {
      return MakeError(ErrorCode::kInvalid,
                       fmt::format("line {} of the tokens is not TOKEN,USER,GROUP[,GROUP…]", number));
    }
    tokens.push_back({std::move(fields[0]), std::move(fields[1]), {fields.begin() + 2, fields.end()}});
  }
  return tokens;
}

Authenticator::Authenticator(std::vector<Token> tokens, const Clock& clock, const tokens::Issuer* accounts,
                             const oidc::SignIn* sign_in)
    : clock_(&clock), accounts_(accounts), sign_in_(sign_in) {
  UseTokens(std::move(tokens));
}

void Authenticator::UseTokens(std::vector<Token> tokens) {
  auto known = std::make_shared<AllKnown>();
  for (Token& token : tokens) {
    known->push_back({DigestOf(token.token), Authenticated(std::move(token.user), std::move(token.groups))});
  }
  const std::lock_guard lock(mutex_);
  known_ = std::move(known);
}

std::shared_ptr<const Authenticator::AllKnown> Authenticator::KnownNow() const {
  const std::lock_guard lock(mutex_);
  return known_;
}

Authenticator::Digest Authenticator::DigestOf(std::string_view token) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  return digest;
}

http::User Authenticator::Anonymous() { return {std::string(kAnonymousName), {std::string(kUnauthenticated)}}; }

http::User Authenticator::Authenticated(std::string name, std::vector<std::string> groups) {
  http::User user;
  user.name = std::move(name);
  user.groups = std::move(groups);
  user.groups.emplace_back(kAuthenticated);
  return user;
}

Result<http::User> Authenticator::operator()(const http::Credentials& shown) const {
  const Error refused = MakeError(ErrorCode::kPermissionDenied, "Unauthorized");
  if (const http::ClientCertificate* certificate = shown.certificate) {
    if (certificate->common_name.empty() || certificate->not_after < clock_->Now()) return refused;
    return Authenticated(certificate->common_name, certificate->organizations);
  }
  if (!shown.bearer.empty()) {
    if (auto known = OfToken(shown.bearer)) return *std::move(known);
    if (!LooksSigned(shown.bearer)) return refused;
    const std::string token(shown.bearer);
    auto reviewed = ReviewAccount(token, {});
    if (reviewed.ok()) return std::move(reviewed->user);
    // Strangers have no genuine token: it is no help to them to be told that they come too early.
    if (reviewed.error().code == ErrorCode::kUnavailable) return reviewed.error();
    reviewed = ReviewIdToken(token, {});
    if (reviewed.ok()) return std::move(reviewed->user);
    if (reviewed.error().code != ErrorCode::kNotFound) {
      log::Debug("a token of a known issuer is refused: {}", reviewed.error().message);
    }
    return refused;
  }
  if (!shown.peer) {
    if (sign_in_ != nullptr && !sign_in_->AdmitsAnonymous(shown.path)) return refused;
    return Anonymous();
  }
  if (*shown.peer != 0 && *shown.peer != ::geteuid()) return refused;
  return Authenticated(std::string(kAdminName), {std::string(kAdminGroup)});
}

std::optional<http::User> Authenticator::OfToken(std::string_view bearer) const {
  const Digest shown = DigestOf(bearer);
  const Known* match = nullptr;
  const std::shared_ptr<const AllKnown> all = KnownNow();
  for (const Known& known : *all) {
    if (CRYPTO_memcmp(known.digest.data(), shown.data(), shown.size()) == 0) match = &known;
  }
  if (match == nullptr) return std::nullopt;
  return match->user;
}

bool Authenticator::Settle(std::string_view bearer, std::function<void()> then) const {
  return sign_in_ != nullptr && LooksSigned(bearer) && sign_in_->Await(bearer, std::move(then));
}

Result<Authenticator::Reviewed> Authenticator::Meant(http::User user, const std::vector<std::string>& audiences) const {
  const std::string api = accounts_ != nullptr ? accounts_->name() : std::string();
  const bool meant = audiences.empty() || std::find(audiences.begin(), audiences.end(), api) != audiences.end();
  if (!meant) return MakeError(ErrorCode::kInvalid, "the token is for another audience");
  return Reviewed{std::move(user), {api}};
}

Result<Authenticator::Reviewed> Authenticator::Review(const std::string& token,
                                                      const std::vector<std::string>& audiences) const {
  if (auto known = OfToken(token)) return Meant(std::move(*known), audiences);
  if (!LooksSigned(token)) return MakeError(ErrorCode::kInvalid, "invalid bearer token");
  auto account = ReviewAccount(token, audiences);
  if (account.ok() || account.error().code == ErrorCode::kUnavailable) return account;
  auto other = ReviewIdToken(token, audiences);
  // Where it is nobody else's, the first says what is wrong with it.
  const bool foreign = !other.ok() && other.error().code == ErrorCode::kNotFound;
  return foreign ? account : other;
}

Result<Authenticator::Reviewed> Authenticator::ReviewIdToken(const std::string& token,
                                                             const std::vector<std::string>& audiences) const {
  if (sign_in_ == nullptr) return MakeError(ErrorCode::kNotFound, "invalid bearer token");
  TRY(http::User user, sign_in_->Check(token));
  user.groups.emplace_back(kAuthenticated);
  return Meant(std::move(user), audiences);
}

Result<Authenticator::Reviewed> Authenticator::ReviewAccount(const std::string& token,
                                                             const std::vector<std::string>& audiences) const {
  if (accounts_ == nullptr) return MakeError(ErrorCode::kInvalid, "invalid bearer token");
  TRY(const tokens::Claims claims, accounts_->Check(token, audiences));
  Reviewed reviewed{OfAccount(claims), {}};
  for (const std::string& each : audiences.empty() ? std::vector<std::string>{accounts_->name()} : audiences) {
    const auto& own = claims.audiences;
    if (std::find(own.begin(), own.end(), each) != own.end()) reviewed.audiences.push_back(each);
  }
  return reviewed;
}

/// Names, groups and keys are the reference's (kubernetes/pkg/serviceaccount/util.go).
http::User Authenticator::OfAccount(const tokens::Claims& claims) {
  http::User user =
      Authenticated(claims.Subject(), {std::string(kAccountsGroup), std::string(kAccountsGroup) + ":" + claims.ns});
  user.uid = claims.account.uid;
  const auto tell = [&user](const char* key, const std::string& value) {
    if (!value.empty()) user.extra.emplace_back(std::string("authentication.kubernetes.io/") + key, value);
  };
  tell("credential-id", "JTI=" + claims.id);
  tell("node-name", claims.node.name);
  tell("node-uid", claims.node.uid);
  tell("pod-name", claims.pod.name);
  tell("pod-uid", claims.pod.uid);
  return user;
}

}  // namespace ordinal::apiserver::auth
