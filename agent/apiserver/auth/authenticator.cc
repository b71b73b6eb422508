#include "agent/apiserver/auth/authenticator.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <unistd.h>

#include <algorithm>

#include "agent/apiserver/auth/roles.h"

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

Authenticator::Authenticator(std::vector<Token> tokens, const Clock& clock) : clock_(&clock) {
  for (Token& token : tokens) {
    known_.push_back({DigestOf(token.token), Authenticated(std::move(token.user), std::move(token.groups))});
  }
}

Authenticator::Digest Authenticator::DigestOf(std::string_view token) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  return digest;
}

http::User Authenticator::Anonymous() { return {"system:anonymous", {"system:unauthenticated"}}; }

http::User Authenticator::Authenticated(std::string name, std::vector<std::string> groups) {
  http::User user;
  const Role role = RoleOf(name, groups);
  user.writes = role == Role::kAdmin || role == Role::kNode;
  user.name = std::move(name);
  user.groups = std::move(groups);
  user.groups.emplace_back(kAuthenticated);
  return user;
}

std::optional<http::User> Authenticator::operator()(const http::Credentials& shown) const {
  if (const http::ClientCertificate* certificate = shown.certificate) {
    if (certificate->common_name.empty() || certificate->not_after < clock_->Now()) return std::nullopt;
    return Authenticated(certificate->common_name, certificate->organizations);
  }
  if (!shown.bearer.empty()) return OfToken(shown.bearer);
  if (!shown.peer) return Anonymous();
  if (*shown.peer != 0 && *shown.peer != ::geteuid()) return std::nullopt;
  return Authenticated(std::string(kAdminName), {std::string(kAdminGroup)});
}

std::optional<http::User> Authenticator::OfToken(std::string_view bearer) const {
  const Digest shown = DigestOf(bearer);
  const Known* match = nullptr;
  for (const Known& known : known_) {
    if (CRYPTO_memcmp(known.digest.data(), shown.data(), shown.size()) == 0) match = &known;
  }
  if (match == nullptr) return std::nullopt;
  return match->user;
}

}  // namespace ordinal::apiserver::auth
