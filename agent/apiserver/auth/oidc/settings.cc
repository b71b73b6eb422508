#include "agent/apiserver/auth/oidc/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "agent/api/decode.h"
#include "agent/api/read.h"
#include "agent/api/schema/check.h"
#include "agent/apiserver/auth/oidc/check_settings.h"
#include "agent/apiserver/auth/oidc/fields.h"

namespace ordinal::apiserver::auth::oidc {
namespace {

using api::Json;

constexpr char kGroup[] = "apiserver.config.k8s.io/";
constexpr size_t kMostFaultsSaid = 10;

Error Invalid(std::string message) { return MakeError(ErrorCode::kInvalid, std::move(message)); }

ClaimMapping ReadMapping(const Json& mapping) {
  return {api::ReadString(mapping, "claim"), api::ReadString(mapping, "prefix")};
}

JwtIssuer ReadIssuer(const Json& entry) {
  const Json& issuer = api::Member(entry, "issuer");
  const Json& mappings = api::Member(entry, "claimMappings");
  JwtIssuer read;
  read.url = api::ReadString(issuer, "url");
  read.discovery_url = api::ReadString(issuer, "discoveryURL");
  read.certificate_authority = api::ReadString(issuer, "certificateAuthority");
  read.audiences = api::ReadStrings(issuer, "audiences");
  for (const Json& rule : api::Items(entry, "claimValidationRules")) {
    read.required_claims.emplace_back(api::ReadString(rule, "claim"), api::ReadString(rule, "requiredValue"));
  }
  read.username = ReadMapping(api::Member(mappings, "username"));
  read.groups = ReadMapping(api::Member(mappings, "groups"));
  read.uid_claim = api::ReadString(api::Member(mappings, "uid"), "claim");
  return read;
}

Settings Read(const Json& body) {
  Settings settings;
  for (const Json& entry : api::Items(body, "jwt")) settings.issuers.push_back(ReadIssuer(entry));
  const Json& anonymous = api::Member(body, "anonymous");
  if (anonymous.is_null()) return settings;
  settings.anonymous.enabled = api::ReadOptional<bool>(anonymous, "enabled").value_or(false);
  for (const Json& condition : api::Items(anonymous, "conditions")) {
    settings.anonymous.paths.push_back(api::ReadString(condition, "path"));
  }
  return settings;
}

/// Everything that is wrong in one line; what comes after the tenth is counted.
Status Told(const std::vector<api::FieldError>& faults) {
  if (faults.empty()) return {};
  std::string message;
  for (size_t at = 0; at < std::min(faults.size(), kMostFaultsSaid); ++at) {
    fmt::format_to(std::back_inserter(message), "{}{}: {}", at == 0 ? "" : "; ", faults[at].field, faults[at].message);
  }
  if (faults.size() > kMostFaultsSaid) message += fmt::format("; and {} more", faults.size() - kMostFaultsSaid);
  return Invalid(std::move(message));
}

/// Before its fields mean something.
Status CheckKind(const Json& body) {
  const std::string version = api::ReadString(body, "apiVersion"), kind = api::ReadString(body, "kind");
  if (kind != "AuthenticationConfiguration") {
    return Invalid(fmt::format("kind: \"{}\" is not AuthenticationConfiguration", kind));
  }
  if (version == std::string(kGroup) + "v1" || version == std::string(kGroup) + "v1beta1") return {};
  if (version == std::string(kGroup) + "v1alpha1") {
    return Invalid(
        fmt::format("apiVersion: {} is not supported; write {}v1, which has the same fields", version, kGroup));
  }
  return Invalid(fmt::format("apiVersion: \"{}\" is none of {}v1 and {}v1beta1", version, kGroup, kGroup));
}

}  // namespace

Result<Settings> ParseSettings(std::string_view text, const std::string& own_issuer) {
  if (text.size() > kLargestSettings) return Invalid(fmt::format("it has more than {} bytes", kLargestSettings));
  TRY(std::vector<api::Document> documents, api::ParseManifest(text));
  if (documents.size() != 1) {
    return Invalid(fmt::format("it has {} documents; write one AuthenticationConfiguration", documents.size()));
  }
  Json& body = documents.front().body;
  TRYV(CheckKind(body));
  std::vector<api::FieldError> faults;
  if (api::CheckSchema(kAuthenticationConfiguration, body, faults)) {
    const std::vector<api::FieldError> found = CheckSettings(body, own_issuer);
    faults.insert(faults.end(), found.begin(), found.end());
  }
  TRYV(Told(faults));
  return Read(body);
}

}  // namespace ordinal::apiserver::auth::oidc
