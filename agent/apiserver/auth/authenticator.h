// Authenticator: who a caller is, from its certificate, its token or the process that it is. Any thread.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "agent/http/settings.h"
#include "agent/tokens/issuer.h"

namespace ordinal::apiserver::auth {

/// One line of the token file, <state-dir>/pki/tokens.csv: TOKEN,USER,GROUP[,GROUP…]. Lines that begin with "#" are
/// skipped.
struct Token {
  std::string token, user;
  std::vector<std::string> groups;
};

/// kInvalid names the line, never its token.
Result<std::vector<Token>> ParseTokens(std::string_view text);

class Authenticator {
 public:
  /// `accounts` says whose service account tokens are; null: they are nobody's. Both outlive it.
  Authenticator(std::vector<Token> tokens, const Clock& clock, const tokens::Issuer* accounts = nullptr);

  /// As `http::Authenticate` says. A certificate gives name (CN) and groups (O); it goes before a token, as in the
  /// reference. Tokens are compared by their digests, all of them, in constant time. Without either a process of
  /// root's, or of the agent's own user, is the administrator: it may read the administrator's key.
  /// At the start of the agent a genuine token is kUnavailable until it is known which accounts there are
  /// (tokens/subjects.h).
  Result<http::User> operator()(const http::Credentials& shown) const;

  /// From now on these are the tokens of the file, and no others. Any thread.
  void UseTokens(std::vector<Token> tokens);

  /// Whose token that is, and for which of `audiences` (none: this API) it is good.
  struct Reviewed {
    http::User user;
    std::vector<std::string> audiences;
  };
  /// kInvalid with the reason for a token that does not count; kUnavailable as Issuer::Check. Does not block.
  Result<Reviewed> Review(const std::string& token, const std::vector<std::string>& audiences) const;

 private:
  using Digest = std::array<unsigned char, 32>;
  struct Known {
    Digest digest;
    http::User user;
  };
  static Digest DigestOf(std::string_view token);
  std::optional<http::User> OfToken(std::string_view bearer) const;
  static http::User Anonymous();
  static http::User OfAccount(const tokens::Claims& claims);
  static http::User Authenticated(std::string name, std::vector<std::string> groups);

  using AllKnown = std::vector<Known>;
  std::shared_ptr<const AllKnown> KnownNow() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const AllKnown> known_;
  const Clock* clock_;
  const tokens::Issuer* accounts_;
};

}  // namespace ordinal::apiserver::auth
