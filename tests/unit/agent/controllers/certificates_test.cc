// What becomes of requests of certificates: signed, failed, removed.
#include "agent/controllers/certificates/plan.h"

#include <gmock/gmock.h>

#include "agent/api/base64.h"
#include "agent/api/kinds/certificate_signing_request/request.h"
#include "tests/fakes/signing_request.h"
#include "tests/unit/agent/controllers/objects.h"

namespace ordinal::controllers {
namespace {

using certificates::MakePlan;
using certificates::Plan;
using Type = Plan::Type;
using std::chrono::hours;
using std::chrono::minutes;

const WallTime kMade = *ParseTime("2026-01-01T00:00:00Z");
constexpr char kNodeClient[] = "kubernetes.io/kube-apiserver-client-kubelet";
constexpr char kServing[] = "kubernetes.io/kubelet-serving";

Json Asking(const char* signer, const std::string& request, std::vector<std::string> usages) {
  Json body{{"kind", "CertificateSigningRequest"}};
  body["metadata"] = {{"name", "a"}, {"uid", "u"}, {"creationTimestamp", FormatTime(kMade)}};
  body["spec"] = {{"signerName", signer}, {"request", api::EncodeBase64(request)}, {"usages", std::move(usages)}};
  return body;
}
Json Said(Json body, const char* type) {
  body["status"]["conditions"].push_back({{"type", type}, {"status", "True"}, {"lastUpdateTime", FormatTime(kMade)}});
  return body;
}
Plan PlanOf(const Json& body, Duration later = {}) {
  return MakePlan(api::CertificateSigningRequest::From(Object(body)), kMade + later);
}
Json OfClient() { return Asking(api::kClientSigner, fakes::SigningRequest("carol", {}), {"client auth"}); }

TEST(Certificates, WhatWasApprovedIsSignedForAsLongAsWasAskedFor) {
  EXPECT_EQ(PlanOf(OfClient()).type, Type::kWait);
  EXPECT_EQ(PlanOf(Said(OfClient(), "Denied")).type, Type::kWait);
  EXPECT_EQ(PlanOf(Said(OfClient(), "Approved")).type, Type::kSign);
  EXPECT_EQ(PlanOf(Said(OfClient(), "Approved")).length, certificates::kLongest);
  Json shorter = Said(OfClient(), "Approved");
  shorter["spec"]["expirationSeconds"] = 3600;
  EXPECT_EQ(PlanOf(shorter).length, hours(1));
  shorter["status"]["certificate"] = api::EncodeBase64("there");
  EXPECT_EQ(PlanOf(shorter).type, Type::kWait);
  const Json others = Asking("example.com/ours", fakes::SigningRequest("carol", {}), {"client auth"});
  EXPECT_EQ(PlanOf(Said(others, "Approved")).type, Type::kWait) << "its signer is another one";
}

struct SignerCase {
  const char *signer, *user, *group, *names;
  std::vector<std::string> usages;
  const char* complaint;  ///< empty: it is signed
};

TEST(Certificates, EachSignerHasItsRules) {
  const SignerCase cases[] = {
      {api::kClientSigner, "a", "b", "", {"client auth", "key encipherment"}, ""},
      {api::kClientSigner, "a", "b", "", {"server auth"}, "invalid usage for client certificate: server auth"},
      {api::kClientSigner,
       "a",
       "b",
       "",
       {"digital signature"},
       "missing required usage for client certificate: client auth"},
      {kNodeClient, "system:node:n", "system:nodes", "", {"client auth", "digital signature"}, ""},
      {kNodeClient,
       "system:node:n",
       "ops",
       "",
       {"client auth", "digital signature"},
       "subject organization is not system:nodes"},
      {kNodeClient,
       "n",
       "system:nodes",
       "",
       {"client auth", "digital signature"},
       "subject common name does not begin with system:node:"},
      {kNodeClient,
       "system:node:n",
       "system:nodes",
       "DNS:n",
       {"client auth", "digital signature"},
       "DNS subjectAltNames are not allowed"},
      {kNodeClient,
       "system:node:n",
       "system:nodes",
       "",
       {"client auth"},
       "usages did not match [client auth digital signature key encipherment]"},
      {kServing, "system:node:n", "system:nodes", "DNS:n,IP:10.0.0.1", {"server auth", "digital signature"}, ""},
      {kServing,
       "system:node:n",
       "system:nodes",
       "",
       {"server auth", "digital signature"},
       "DNS or IP subjectAltName is required"},
      {kServing,
       "system:node:n",
       "system:nodes",
       "DNS:n,URI:spiffe://n",
       {"server auth", "digital signature"},
       "URI subjectAltNames are not allowed"},
  };
  for (const SignerCase& one : cases) {
    const Json body = Asking(one.signer, fakes::SigningRequest(one.user, {one.group}, one.names), one.usages);
    const Plan plan = PlanOf(Said(body, "Approved"));
    const std::string complaint = one.complaint;
    EXPECT_EQ(plan.message, complaint);
    EXPECT_EQ(plan.type, complaint.empty() ? Type::kSign : Type::kFail) << complaint;
  }
}

TEST(Certificates, OldRequestsGo) {
  Json issued = Said(OfClient(), "Approved");
  issued["status"]["certificate"] = api::EncodeBase64("there");
  const std::pair<Json, Duration> cases[] = {{issued, hours(1)},
                                             {Said(OfClient(), "Denied"), hours(1)},
                                             {Said(Said(OfClient(), "Approved"), "Failed"), hours(1)},
                                             {OfClient(), hours(24)}};
  for (const auto& [body, age] : cases) {
    EXPECT_EQ(PlanOf(body, age).type, Type::kRemove);
    EXPECT_EQ(PlanOf(body, age - minutes(1)).type, Type::kWait);
    EXPECT_EQ(PlanOf(body, age - minutes(1)).again, kMade + age);
  }
}

}  // namespace
}  // namespace ordinal::controllers
