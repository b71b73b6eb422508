// Claims: what a service account token says, in the form that every Kubernetes client and verifier reads
// (kubernetes/pkg/serviceaccount/claims.go): registered claims and, in "kubernetes.io", whose it is. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/api/object.h"
#include "agent/base/clock.h"

namespace ordinal::tokens {

/// Whole seconds since 1970: NumericDate (RFC 7519).
int64_t SecondsOf(WallTime time);

/// Something with a name that may be made again: the uid says which one is meant.
struct Named {
  std::string name, uid;
  bool operator==(const Named&) const = default;
};

struct Claims {
  std::string issuer;
  std::vector<std::string> audiences;
  std::string id;  ///< "jti": of this token alone
  std::string ns;
  Named account;
  Named pod, node, secret;  ///< empty names: it is bound to none
  WallTime issued{}, expires{};

  /// "system:serviceaccount:default:builder": "sub", and the name of its user.
  std::string Subject() const;
};

api::Json ToJson(const Claims& claims);
/// kInvalid names the claim that is missing or of another form. Times beyond what a clock shows are kInvalid too.
Result<Claims> ParseClaims(const api::Json& json);

}  // namespace ordinal::tokens
