// CertificateSigningRequests: what is refused when one is written.
#include <gmock/gmock.h>

#include "agent/api/base64.h"
#include "tests/fakes/signing_request.h"
#include "tests/unit/agent/api/golden.h"

namespace ordinal::api {
namespace {

Json SigningRequestBody() {
  Json body{{"apiVersion", "certificates.k8s.io/v1"}, {"kind", "CertificateSigningRequest"}};
  body["metadata"]["name"] = "a";
  body["spec"] = {{"request", EncodeBase64(fakes::SigningRequest("carol", {}))},
                  {"signerName", "example.com/ours"},
                  {"usages", {"client auth"}}};
  return body;
}

struct SigningFault {
  const char *pointer, *value, *fault;
};

TEST(SigningRequests, AreChecked) {
  EXPECT_FALSE(MustDecode(SigningRequestBody()).body.empty());
  const SigningFault cases[] = {
      {"/spec/request", R"("bm90aGluZw==")", "spec.request FieldValueInvalid"},
      {"/spec/usages", "[]", "spec.usages FieldValueRequired"},
      {"/spec/usages", R"(["client auth", "all auth"])", "spec.usages[1] FieldValueNotSupported"},
      {"/spec/usages", R"(["client auth", "client auth"])", "spec.usages[1] FieldValueDuplicate"},
      {"/spec/signerName", R"("kubernetes.io/legacy-unknown")", "spec.signerName FieldValueInvalid"},
      {"/spec/signerName", R"("ours")", "spec.signerName FieldValueInvalid"},
      {"/spec/signerName", R"("")", "spec.signerName FieldValueRequired"},
      {"/spec/expirationSeconds", "599", "spec.expirationSeconds FieldValueInvalid"},
      {"/status/conditions", R"([{"type": "Approved", "status": "False"}])",
       "status.conditions[0].status FieldValueNotSupported"},
      {"/status/conditions", R"([{"type": "Denied", "status": "True"}, {"type": "Approved", "status": "True"}])",
       "status.conditions FieldValueInvalid"},
  };
  for (const SigningFault& each : cases) {
    Json body = SigningRequestBody();
    body[Json::json_pointer(each.pointer)] = Json::parse(each.value);
    EXPECT_THAT(Causes(MustFail(body).errors), testing::Contains(std::string(each.fault)))
        << each.pointer << each.value;
  }
}

}  // namespace
}  // namespace ordinal::api
