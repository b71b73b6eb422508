// Who may sign in by tokens of others, and who without any: the file of --authentication-config, an
// AuthenticationConfiguration as kube-apiserver reads it (apiserver.config.k8s.io/v1).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/base/result.h"

namespace ordinal::apiserver::auth::oidc {

/// Which claim a name comes of, and what is put before it.
struct ClaimMapping {
  std::string claim, prefix;
  bool operator==(const ClaimMapping&) const = default;
};

/// One entry of `jwt`.
struct JwtIssuer {
  std::string url;
  std::string discovery_url;          ///< of its discovery document; empty: in its usual place below `url`
  std::string certificate_authority;  ///< PEM; empty: the host's
  std::vector<std::string> audiences;
  std::vector<std::pair<std::string, std::string>> required_claims;  ///< a claim and its value
  ClaimMapping username, groups;                                     ///< of groups the claim may be empty: none
  std::string uid_claim;                                             ///< empty: users have no uid
  bool operator==(const JwtIssuer&) const = default;
};

struct Anonymous {
  bool enabled = true;
  std::vector<std::string> paths;  ///< the only ones that may be asked for; none: every path
  bool operator==(const Anonymous&) const = default;
};

struct Settings {
  std::vector<JwtIssuer> issuers;
  Anonymous anonymous;
};

inline constexpr size_t kLargestSettings = 1024 * 1024;  ///< bytes of the file

/// kInvalid names every fault by its field: `jwt[0].issuer.url: …`. What is an expression of CEL is one of them.
/// `own_issuer` makes service account tokens, and may not be among the issuers.
Result<Settings> ParseSettings(std::string_view text, const std::string& own_issuer);

}  // namespace ordinal::apiserver::auth::oidc
