// Issuer: makes service account tokens and says whose a token is. Any thread.
//
//   TokenRequest ──> Objects::RequestToken ──> Issue ──> kubectl create token, projected volumes
//   request with a token ──> Authenticator ──> Check ──> keys, times, audiences, subjects
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agent/base/random.h"
#include "agent/tokens/claims.h"
#include "agent/tokens/jwt.h"
#include "agent/tokens/key_set.h"
#include "agent/tokens/subjects.h"

namespace ordinal::tokens {

struct Token {
  std::string text;
  WallTime issued{}, expires{};
};

class Issuer {
 public:
  /// `name` is the "iss" of its tokens and the audience of this API. `random` is asked where Issue() is called; it and
  /// `clock` outlive the issuer.
  Issuer(std::string name, std::vector<SigningKey> keys, const Clock& clock, Random& random);

  /// What others tell it of who is there.
  Subjects& subjects() { return subjects_; }
  const Subjects& subjects() const { return subjects_; }
  const std::string& name() const { return name_; }

  /// Whoever signs from now on; the keys of live tokens are among them.
  void Use(std::vector<SigningKey> keys);
  /// For whoever verifies tokens without asking this API (key_set.h).
  Result<api::Json> PublicKeys() const { return KeySetOf(*keys()); }
  /// A token for `seconds` (at most kLongestToken). No audience: this API. Issuer, id and times of `claims` are filled
  /// in.
  Result<Token> Issue(Claims claims, int64_t seconds) const;

  /// Whose token that is, for an audience among `audiences` (none: this API). kInvalid with the reason for one that
  /// does not count; kUnavailable for one that is genuine before it is known who is there (Subjects::Complete).
  Result<Claims> Check(const std::string& token, std::vector<std::string> audiences) const;

 private:
  using Keys = std::shared_ptr<const std::vector<SigningKey>>;
  Keys keys() const;

  const std::string name_;
  const Clock& clock_;
  Random& random_;
  Subjects subjects_;
  mutable std::mutex mutex_;
  Keys keys_;
};

}  // namespace ordinal::tokens
