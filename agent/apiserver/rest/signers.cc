#include "agent/apiserver/rest/signers.h"

#include <fmt/format.h>

#include <algorithm>

#include "agent/api/kinds/certificate_signing_request/request.h"
#include "agent/api/kinds/certificate_signing_request/view.h"
#include "agent/api/read.h"
#include "agent/apiserver/auth/authorizer.h"
#include "agent/apiserver/auth/users.h"

namespace ordinal::apiserver::rest {
namespace {

using api::CertificateSigningRequest;
using api::Json;

/// By name, or for all of the signer's domain ("example.com/*").
bool MayFor(const Call& call, const char* verb, const std::string& signer) {
  const http::User& user = call.request->user;
  if (auth::IsMaster(user)) return true;
  if (call.with.access == nullptr) return false;
  auth::Attributes asked;
  asked.verb = verb;
  asked.group = call.kind().group;
  asked.resource = "signers";
  for (const std::string& name : {signer, signer.substr(0, signer.find('/')) + "/*"}) {
    asked.name = name;
    if (call.with.access->Allows(user, asked)) return true;
  }
  return false;
}

Error Denied(const Call& call, const Json& body, const std::string& why) {
  return MakeError(ErrorCode::kPermissionDenied,
                   fmt::format("{} \"{}\" is forbidden: {}", ResourceName(call.kind()),
                               api::ReadString(api::Member(body, "metadata"), "name"), why),
                   "Forbidden");
}

/// Nobody gets a certificate with which he may do everything.
Status CheckSubject(const Call& call, const Json& body, const CertificateSigningRequest& wanted) {
  if (wanted.signer != api::kClientSigner) return {};
  TRY(const api::CertificateAsked asked, api::ReadCertificateAsked(wanted.request));
  const auto& groups = asked.organizations;
  if (std::find(groups.begin(), groups.end(), auth::kAdminGroup) == groups.end()) return {};
  return Denied(call, body,
                fmt::format("use of {} signer with {} group is not allowed", wanted.signer, auth::kAdminGroup));
}

}  // namespace

Json AuthorOf(const http::User& user) {
  Json author{{"username", user.name}, {"groups", user.groups}};
  if (!user.uid.empty()) author["uid"] = user.uid;
  for (const auto& [key, value] : user.extra) author["extra"][key].push_back(value);
  return author;
}

Status CheckSigner(const Call& call, const Json& body, const api::Object& old) {
  if (!api::IsBuiltIn(call.kind(), CertificateSigningRequest::kKind)) return {};
  const auto wanted = CertificateSigningRequest::From(api::Object(body));
  if (old.empty()) return CheckSubject(call, body, wanted);
  if (call.route.subresource == "approval" && !MayFor(call, "approve", wanted.signer)) {
    return Denied(call, body,
                  fmt::format("user not permitted to approve requests with signerName \"{}\"", wanted.signer));
  }
  const Json &status = api::Member(body, "status"), &before = api::Member(old.body(), "status");
  const bool signs = api::Member(status, "certificate") != api::Member(before, "certificate") ||
                     api::Items(status, "conditions") != api::Items(before, "conditions");
  if (call.route.subresource == "status" && signs && !MayFor(call, "sign", wanted.signer)) {
    return Denied(call, body, fmt::format("user not permitted to sign requests with signerName \"{}\"", wanted.signer));
  }
  return {};
}

}  // namespace ordinal::apiserver::rest
