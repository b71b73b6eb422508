// Requests of certificates over the API: who asked is kept, who may approve does, and what was decided stays.
#include <gmock/gmock.h>

#include "agent/api/base64.h"
#include "agent/apiserver/auth/authorizer.h"
#include "tests/fakes/signing_request.h"
#include "tests/unit/agent/apiserver/auth/policies.h"
#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using testing::HasSubstr;

constexpr char kRequests[] = "/apis/certificates.k8s.io/v1/certificatesigningrequests";

class SignersTest : public RestFixture {
 protected:
  SignersTest() {
    Give(access_, "", "approver",
         R"([{"verbs": ["approve"], "apiGroups": ["certificates.k8s.io"], "resources": ["signers"],
              "resourceNames": ["kubernetes.io/kube-apiserver-client"]}])",
         {auth::TheUser("judge")});
    user_ = auth::UserOf("carol", {"ops"});
    user_.uid = "u-1";
    user_.extra.emplace_back("team", "db");
  }
  static Json RequestBody(const char* name, const std::vector<std::string>& groups = {"ops"}) {
    Json body{{"apiVersion", "certificates.k8s.io/v1"}, {"kind", "CertificateSigningRequest"}};
    body["metadata"]["name"] = name;
    body["spec"] = {{"request", api::EncodeBase64(fakes::SigningRequest("carol", groups))},
                    {"signerName", "kubernetes.io/kube-apiserver-client"},
                    {"usages", {"client auth"}},
                    {"username", "somebody else"}};
    return body;
  }
  http::Response Ask(const std::string& method, const std::string& target, const Json& body) {
    auto request = std::make_shared<http::Request>();
    request->method = method;
    AddTarget(target, *request);
    request->headers.emplace("content-type", "application/json");
    request->body = body.dump();
    request->user = user_;
    return RunTask(io_, guarded_.Handle(request));
  }
  http::Response Decide(const char* name, const char* type) {
    Json body = Body(Ask("GET", std::string(kRequests) + "/" + name, Json()));
    body["status"]["conditions"].push_back({{"type", type}, {"status", "True"}, {"reason", "Looked"}});
    return Ask("PUT", std::string(kRequests) + "/" + name + "/approval", body);
  }

  auth::Authorizer access_;
  Api guarded_{Api::Parts{client_, clock_, random_, io_.get_executor(), &access_}, Routes()};
};

TEST_F(SignersTest, WhoAskedIsKeptAndNotWhatHeSays) {
  const Json spec = Body(Ask("POST", kRequests, RequestBody("a")))["spec"];
  EXPECT_EQ(spec["username"], "carol");
  EXPECT_EQ(spec["uid"], "u-1");
  EXPECT_THAT(spec["groups"], testing::Contains("ops"));
  EXPECT_EQ(spec["extra"], Json::parse(R"({"team": ["db"]})"));
}

TEST_F(SignersTest, ARequestNeverChanges) {
  Json body = Body(Ask("POST", kRequests, RequestBody("a")));
  const Json before = body["spec"];
  body["spec"]["usages"].push_back("server auth");
  body["metadata"]["labels"]["a"] = "b";
  const Json after = Body(Ask("PUT", std::string(kRequests) + "/a", body));
  EXPECT_EQ(after["spec"], before);
  EXPECT_EQ(after["metadata"]["labels"]["a"], "b");
}

TEST_F(SignersTest, OnlyWhoMayApproves) {
  ASSERT_EQ(Ask("POST", kRequests, RequestBody("a")).status, 201);
  const http::Response refused = Decide("a", "Approved");
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(Text(refused), HasSubstr("user not permitted to approve requests with signerName "));
  user_ = auth::UserOf("judge", {});
  const Json approved = Body(Decide("a", "Approved"));
  const Json& condition = approved["status"]["conditions"][0];
  EXPECT_EQ(condition["type"], "Approved");
  EXPECT_TRUE(condition.contains("lastUpdateTime") && condition.contains("lastTransitionTime"));
  EXPECT_EQ(Decide("a", "Denied").status, 422) << "nobody is both";
}

TEST_F(SignersTest, TheStatusIsTheSignersAndDecidesNothing) {
  ASSERT_EQ(Ask("POST", kRequests, RequestBody("a")).status, 201);
  const std::string status = std::string(kRequests) + "/a/status";
  Json body = Body(Ask("GET", std::string(kRequests) + "/a", Json()));
  body["status"]["conditions"] = Json::array({{{"type", "Approved"}, {"status", "True"}}});
  EXPECT_EQ(Body(Ask("PUT", status, body))["status"].value("conditions", Json::array()), Json::array());
  const Json signs[] = {
      {{"certificate", api::EncodeBase64("mine")}},
      {{"conditions", Json::array({{{"type", "Failed"}, {"status", "True"}}})}},
      {{"conditions", Json::array({{{"type", "Looked"}, {"status", "True"}}})}},
  };
  body = Body(Ask("GET", std::string(kRequests) + "/a", Json()));
  for (const Json& each : signs) {
    body["status"] = each;
    EXPECT_THAT(Text(Ask("PUT", status, body)), HasSubstr("user not permitted to sign requests with signerName "));
  }
}

TEST_F(SignersTest, NobodyAsksForTheGroupThatMayDoEverything) {
  EXPECT_THAT(Text(Ask("POST", kRequests, RequestBody("a", {"system:masters"}))),
              HasSubstr("use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed"));
}

TEST_F(SignersTest, WhatReadersWouldTakeForDifferentThingsIsRefused) {
  const std::pair<std::string, const char*> cases[] = {
      {fakes::SigningRequest("system:node:a", {}, "", "system:node:b"), "more than one common name"},
      {fakes::Encrypted(fakes::SigningRequest("carol", {})), "PEM block type must be CERTIFICATE REQUEST"}};
  for (const auto& [request, complaint] : cases) {
    Json body = RequestBody("a");
    body["spec"]["request"] = api::EncodeBase64(request);
    const http::Response refused = Ask("POST", kRequests, body);
    EXPECT_EQ(refused.status, 422);
    EXPECT_THAT(Text(refused), HasSubstr(complaint));
  }
}

}  // namespace
}  // namespace ordinal::apiserver::rest
