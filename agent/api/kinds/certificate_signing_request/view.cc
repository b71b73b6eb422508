#include "agent/api/kinds/certificate_signing_request/view.h"

#include "agent/api/base64.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

std::string ReadBytes(const Json& object, const char* name) {
  auto bytes = DecodeBase64(ReadString(object, name));
  return bytes.ok() ? std::move(*bytes) : std::string();
}

}  // namespace

CertificateSigningRequest CertificateSigningRequest::From(const Object& object) {
  CertificateSigningRequest out;
  out.object = object;
  out.meta = ReadMeta(object.body());
  const Json &spec = Member(object.body(), "spec"), &status = Member(object.body(), "status");
  out.signer = ReadString(spec, "signerName");
  out.username = ReadString(spec, "username");
  out.request = ReadBytes(spec, "request");
  out.usages = ReadStrings(spec, "usages");
  out.expiration_seconds = ReadOptional<int64_t>(spec, "expirationSeconds");
  out.certificate = ReadBytes(status, "certificate");
  for (const Json& condition : Items(status, "conditions")) {
    const std::string type = ReadString(condition, "type");
    const WallTime since = ReadTime(condition, "lastUpdateTime").value_or(out.meta.created.value_or(WallTime()));
    if (type == "Approved") out.approved = since;
    if (type == "Denied") out.denied = since;
    if (type == "Failed") out.failed = since;
  }
  return out;
}

}  // namespace ordinal::api
