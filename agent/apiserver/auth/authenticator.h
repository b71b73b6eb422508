// Authenticator: who a caller is, from its certificate, its token or the process that it is. Any thread.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "agent/apiserver/auth/oidc/sign_in.h"
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
  /// `accounts` says whose service account tokens are, `sign_in` whose those of other issuers are, and who may come
  /// without a credential; null: they are nobody's, and everybody may. All of it outlives it.
  Authenticator(std::vector<Token> tokens, const Clock& clock, const tokens::Issuer* accounts = nullptr,
                const oidc::SignIn* sign_in = nullptr);

  /// As `http::Authenticate` says. A certificate gives name (CN) and groups (O); it goes before a token, as in the
  /// reference. Tokens are compared by their digests, all of them, in constant time. Without either a process of
  /// root's, or of the agent's own user, is the administrator: it may read the administrator's key.
  /// At the start of the agent a genuine token is kUnavailable until it is known which accounts there are
  /// (tokens/subjects.h).
  Result<http::User> operator()(const http::Credentials& shown) const;

  /// Of a bearer that was nobody's: as http::Settle says.
  bool Settle(std::string_view bearer, std::function<void()> then) const;

  /// From now on these are the tokens of the file, and no others. Any thread.
  void UseTokens(std::vector<Token> tokens);

  /// Whose token that is, and for which of `audiences` (none: this API) it is good.
  struct Reviewed {
    http::User user;
    std::vector<std::string> audiences;
  };
  /// kInvalid with the reason for a token that does not count; kUnavailable as Issuer::Check and SignIn::Check. Does
  /// not block.
  Result<Reviewed> Review(const std::string& token, const std::vector<std::string>& audiences) const;

 private:
  using Digest = std::array<unsigned char, 32>;
  struct Known {
    Digest digest;
    http::User user;
  };
  static Digest DigestOf(std::string_view token);
  std::optional<http::User> OfToken(std::string_view bearer) const;
  Result<Reviewed> ReviewAccount(const std::string& token, const std::vector<std::string>& audiences) const;
  Result<Reviewed> ReviewIdToken(const std::string& token, const std::vector<std::string>& audiences) const;
  /// Of a user whose token knows of no audiences: it is good for this API.
  Result<Reviewed> Meant(http::User user, const std::vector<std::string>& audiences) const;
  static http::User Anonymous();
  static http::User OfAccount(const tokens::Claims& claims);
  static http::User Authenticated(std::string name, std::vector<std::string> groups);

  using AllKnown = std::vector<Known>;
  std::shared_ptr<const AllKnown> KnownNow() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const AllKnown> known_;
  const Clock* clock_;
  const tokens::Issuer* accounts_;
  const oidc::SignIn* sign_in_;
};

}  // namespace ordinal::apiserver::auth
