#include "agent/apiserver/auth/issuer_routes.h"

#include <utility>

#include "agent/apiserver/rest/status.h"

namespace ordinal::apiserver::auth {
namespace {

using api::Json;

constexpr char kKeysPath[] = "/openid/v1/jwks";
// A verifier may keep the answer for so long; one that meets the id of a key that it has not asks again.
constexpr char kCached[] = "public, max-age=3600";

http::Response Answer(const http::Request& request, const Result<Json>& document, const char* content_type) {
  if (request.method != "GET" && request.method != "HEAD") return rest::Refuse(rest::MethodNotAllowed());
  if (!document.ok()) return rest::Refuse(rest::RefusalOf(document.error(), {}, {}));
  http::Response response;
  response.content_type = content_type;
  response.headers = {{"Cache-Control", kCached}};
  response.body = document->dump();
  return response;
}

/// The keys are where the asker found this.
Json Configuration(const tokens::Issuer& issuer, std::string_view host) {
  return {{"issuer", issuer.name()},
          {"jwks_uri", "https://" + std::string(host) + kKeysPath},
          {"response_types_supported", {"id_token"}},
          {"subject_types_supported", {"public"}},
          {"id_token_signing_alg_values_supported", {"ES256"}}};
}

}  // namespace

void AddIssuer(Routes& routes, std::function<const tokens::Issuer&()> issuer) {
  routes.AddPlain("/.well-known/openid-configuration", [issuer](const http::Request& request) {
    return Answer(request, Configuration(issuer(), request.Header("host")), "application/json");
  });
  routes.AddPlain(kKeysPath, [issuer = std::move(issuer)](const http::Request& request) {
    return Answer(request, issuer().PublicKeys(), "application/jwk-set+json");
  });
}

}  // namespace ordinal::apiserver::auth
