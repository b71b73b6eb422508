#include "agent/apiserver/auth/oidc/check_settings.h"

#include <algorithm>
#include <set>

#include "agent/api/faults.h"
#include "agent/api/read.h"
#include "agent/http/fetch.h"

namespace ordinal::apiserver::auth::oidc {
namespace {

using api::Faults;
using api::Json;
using api::Path;
using Seen = std::set<std::string>;

constexpr size_t kMostIssuers = 64;
constexpr char kMatchAny[] = "MatchAny";
constexpr char kBoth[] = "claim and expression can't both be set";
constexpr char kEither[] = "claim or expression is required";

bool Has(const Json& object, const char* member) { return !api::ReadString(object, member).empty(); }

/// A value that is there twice is said once for each time after the first.
void Unique(Faults& faults, const Path& path, const std::string& value, Seen& seen) {
  if (!seen.insert(value).second) faults.Duplicate(path, value);
}

void RefuseExpression(Faults& faults, const Path& path) {
  faults.Forbidden(path, "expressions of CEL are not evaluated here; name a claim instead");
}

void CheckUrl(Faults& faults, const Path& path, const std::string& text) {
  const auto url = http::ParseHttpsUrl(text);
  if (!url.ok()) return faults.Invalid(path, text, url.error().message);
  if (!url->user.empty()) faults.Invalid(path, text, "URL must not contain a username or password");
  if (url->has_query) faults.Invalid(path, text, "URL must not contain a query");
  if (!url->fragment.empty()) faults.Invalid(path, text, "URL must not contain a fragment");
}

std::string WithoutSlashes(std::string url) {
  url.erase(url.find_last_not_of('/') + 1);
  return url;
}

void CheckAudiences(Faults& faults, const Path& path, const Json& issuer) {
  const Json& audiences = api::Items(issuer, "audiences");
  const std::string policy = api::ReadString(issuer, "audienceMatchPolicy");
  if (audiences.empty()) return faults.Required(path / "audiences", "at least one audience is required");
  Seen seen;
  for (size_t at = 0; at < audiences.size(); ++at) {
    const auto audience = audiences[at].get<std::string>();
    const Path here = (path / "audiences")[at];
    if (audience.empty()) faults.Required(here);
    Unique(faults, here, audience, seen);
  }
  const Path here = path / "audienceMatchPolicy";
  if (audiences.size() > 1 && policy != kMatchAny) {
    faults.Invalid(here, policy, "audienceMatchPolicy must be MatchAny for multiple audiences");
  } else if (!policy.empty() && policy != kMatchAny) {
    faults.Invalid(here, policy, "audienceMatchPolicy must be empty or MatchAny for single audience");
  }
}

void CheckIssuer(Faults& faults, const Path& path, const Json& issuer, const std::string& own_issuer) {
  const std::string url = api::ReadString(issuer, "url"), discovery = api::ReadString(issuer, "discoveryURL");
  if (url.empty()) {
    faults.Required(path / "url");
  } else {
    if (url == own_issuer) faults.Invalid(path / "url", url, "is the issuer of service account tokens");
    CheckUrl(faults, path / "url", url);
  }
  if (!discovery.empty()) {
    const bool same = !url.empty() && WithoutSlashes(url) == WithoutSlashes(discovery);
    if (same) faults.Invalid(path / "discoveryURL", discovery, "discoveryURL must be different from URL");
    CheckUrl(faults, path / "discoveryURL", discovery);
  }
  CheckAudiences(faults, path, issuer);
  const std::string roots = api::ReadString(issuer, "certificateAuthority");
  const auto trust = roots.empty() ? Result<http::Trust>(http::Trust()) : http::MakeTrust(roots);
  if (!trust.ok()) faults.Invalid(path / "certificateAuthority", "<omitted>", trust.error().message);
  if (Has(issuer, "egressSelectorType")) {
    faults.Forbidden(path / "egressSelectorType", "there are no egress selectors; leave it out");
  }
}

void CheckClaimRules(Faults& faults, const Path& path, const Json& rules) {
  Seen seen;
  for (size_t at = 0; at < rules.size(); ++at) {
    const Json& rule = rules[at];
    const Path here = path[at];
    const std::string claim = api::ReadString(rule, "claim");
    if (Has(rule, "expression")) {
      RefuseExpression(faults, here / "expression");
      if (!claim.empty()) faults.Invalid(here, claim, kBoth);
      continue;
    }
    if (claim.empty()) {
      faults.Required(here, kEither);
      continue;
    }
    if (Has(rule, "message")) {
      faults.Invalid(here / "message", api::ReadString(rule, "message"), "may not be specified when claim is set");
    }
    Unique(faults, here / "claim", claim, seen);
  }
}

/// Whether a claim is told by an expression, which is a fault, and one more beside its name.
bool RefusedExpression(Faults& faults, const Path& path, const Json& mapping) {
  if (!Has(mapping, "expression")) return false;
  RefuseExpression(faults, path / "expression");
  if (Has(mapping, "claim")) faults.Invalid(path, "", kBoth);
  return true;
}

void CheckPrefixed(Faults& faults, const Path& path, const Json& mapping, bool required) {
  if (RefusedExpression(faults, path, mapping)) return;
  const bool claim = Has(mapping, "claim");
  if (!claim && required) return faults.Required(path, kEither);
  if (claim && !mapping.contains("prefix")) {
    faults.Required(path / "prefix",
                    "prefix is required when claim is set. It can be set to an empty string to disable prefixing");
  }
}

void CheckMappings(Faults& faults, const Path& path, const Json& mappings) {
  CheckPrefixed(faults, path / "username", api::Member(mappings, "username"), true);
  CheckPrefixed(faults, path / "groups", api::Member(mappings, "groups"), false);
  RefusedExpression(faults, path / "uid", api::Member(mappings, "uid"));
  const Json& extra = api::Items(mappings, "extra");
  for (size_t at = 0; at < extra.size(); ++at) {
    faults.Forbidden((path / "extra")[at] / "valueExpression",
                     "expressions of CEL are not evaluated here, and extra has nothing else; leave it out");
  }
}

void CheckAnonymous(Faults& faults, const Json& anonymous) {
  const Path path = Path("anonymous") / "conditions";
  const Json& conditions = api::Items(anonymous, "conditions");
  if (!conditions.empty() && !api::ReadOptional<bool>(anonymous, "enabled").value_or(false)) {
    faults.Add(path, api::kInvalid, "enabled should be set to true when conditions are defined");
  }
  for (size_t at = 0; at < conditions.size(); ++at) {
    const std::string text = api::ReadString(conditions[at], "path");
    if (text.empty()) {
      faults.Required(path[at] / "path");
    } else if (text.front() != '/') {
      faults.Invalid(path[at] / "path", text, "must begin with \"/\"");
    }
  }
}

}  // namespace

std::vector<api::FieldError> CheckSettings(const Json& body, const std::string& own_issuer) {
  std::vector<api::FieldError> errors;
  Faults faults(errors);
  const Path root("jwt");
  const Json& entries = api::Items(body, "jwt");
  if (entries.size() > kMostIssuers) faults.TooMany(root, entries.size(), kMostIssuers);
  Seen urls, discovery_urls;
  for (size_t at = 0; at < std::min(entries.size(), kMostIssuers); ++at) {
    const Json& issuer = api::Member(entries[at], "issuer");
    const Path path = root[at];
    CheckIssuer(faults, path / "issuer", issuer, own_issuer);
    CheckClaimRules(faults, path / "claimValidationRules", api::Items(entries[at], "claimValidationRules"));
    CheckMappings(faults, path / "claimMappings", api::Member(entries[at], "claimMappings"));
    const Json& rules = api::Items(entries[at], "userValidationRules");
    for (size_t rule = 0; rule < rules.size(); ++rule) {
      RefuseExpression(faults, (path / "userValidationRules")[rule] / "expression");
    }
    Unique(faults, path / "issuer" / "url", api::ReadString(issuer, "url"), urls);
    if (!Has(issuer, "discoveryURL")) continue;
    Unique(faults, path / "issuer" / "discoveryURL", api::ReadString(issuer, "discoveryURL"), discovery_urls);
  }
  CheckAnonymous(faults, api::Member(body, "anonymous"));
  return errors;
}

}  // namespace ordinal::apiserver::auth::oidc
