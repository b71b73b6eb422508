// POST …/serviceaccounts/NAME/token.
#include <gmock/gmock.h>

#include "tests/fakes/token_keys.h"
#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

constexpr char kPath[] = "/api/v1/namespaces/default/serviceaccounts/db/token";

class RestTokens : public RestFixture {
 protected:
  void SetUp() override {
    client_.SignWith(issuer_);
    ASSERT_EQ(Post("/api/v1/namespaces/default/serviceaccounts",
                   {{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", {{"name", "db"}}}})
                  .status,
              201);
    Json pod = PodBody("db-0");
    pod["spec"]["serviceAccountName"] = "db";
    pod["spec"]["nodeName"] = "node-a";
    const http::Response made = Post("/api/v1/namespaces/default/pods", pod);
    ASSERT_EQ(made.status, 201) << Text(made);
    uid_ = Body(made)["metadata"]["uid"];
  }
  http::Response Ask(Json spec) {
    return Post(kPath,
                {{"apiVersion", "authentication.k8s.io/v1"}, {"kind", "TokenRequest"}, {"spec", std::move(spec)}});
  }
  Json Bound(const std::string& uid) const {
    return {{"boundObjectRef", {{"apiVersion", "v1"}, {"kind", "Pod"}, {"name", "db-0"}, {"uid", uid}}}};
  }

  tokens::Issuer issuer_{"https://api", fakes::TokenKeys(), clock_, random_};
  std::string uid_;
};

TEST_F(RestTokens, AreAnsweredInTheRequest) {
  const http::Response answer = Ask({{"audiences", {"vault"}}, {"expirationSeconds", 600}});
  ASSERT_EQ(answer.status, 201) << Text(answer);
  const Json body = Body(answer);
  EXPECT_EQ(body["kind"], "TokenRequest");
  EXPECT_EQ(body["metadata"]["name"], "db");
  EXPECT_EQ(body["status"]["expirationTimestamp"], "2026-01-01T00:10:00Z");
  EXPECT_FALSE(body["status"]["token"].get<std::string>().empty());
}

TEST_F(RestTokens, AreRefusedInTheReferencesWords) {
  const http::Response brief = Ask({{"expirationSeconds", 60}});
  EXPECT_EQ(brief.status, 422) << Text(brief);
  EXPECT_NE(Text(brief).find("may not specify a duration less than 10 minutes"), std::string::npos) << Text(brief);
  EXPECT_EQ(Ask(Bound("another")).status, 409);
  EXPECT_EQ(Send("GET", kPath).status, 405);
  EXPECT_EQ(Ask({{"boundObjectRef", {{"kind", "Node"}, {"name", "x"}}}}).status, 501);
  EXPECT_EQ(Ask({{"boundObjectRef", {{"kind", "ConfigMap"}, {"name", "x"}}}}).status, 400);
  const http::Response nobody = Post("/api/v1/namespaces/default/serviceaccounts/nosuch/token",
                                     {{"kind", "TokenRequest"}, {"apiVersion", "authentication.k8s.io/v1"}});
  EXPECT_EQ(nobody.status, 404) << Text(nobody);
}

TEST_F(RestTokens, WhatTheyAreBoundToIsBlamed) {
  const http::Response other = Ask(Bound("another"));
  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(Body(other)["reason"], "Conflict");
  EXPECT_EQ(Body(other)["details"], (Json{{"kind", "Pod"}, {"name", "db-0"}}));
  EXPECT_EQ(Body(other)["message"],
            "Operation cannot be fulfilled on Pod \"db-0\": the UID in the bound object reference (another) does not "
            "match the UID in record. The object might have been deleted and then recreated");
  const http::Response missing = Ask({{"boundObjectRef", {{"apiVersion", "v1"}, {"kind", "Pod"}, {"name", "db-7"}}}});
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(Body(missing)["message"], "pods \"db-7\" not found");
  EXPECT_EQ(Body(missing)["details"], (Json{{"kind", "pods"}, {"name", "db-7"}}));
  // Whose pod it is comes first.
  Post("/api/v1/namespaces/default/serviceaccounts",
       {{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", {{"name", "web"}}}});
  const http::Response foreign =
      Post("/api/v1/namespaces/default/serviceaccounts/web/token",
           {{"apiVersion", "authentication.k8s.io/v1"}, {"kind", "TokenRequest"}, {"spec", Bound("another")}});
  EXPECT_EQ(foreign.status, 400) << Text(foreign);
}

TEST_F(RestTokens, MayBeBoundToASecretThatHoldsOne) {
  const auto secret = [this](const std::string& name, const std::string& type) {
    const Json annotations = {{"kubernetes.io/service-account.name", "db"}};
    const http::Response made =
        Post("/api/v1/namespaces/default/secrets", {{"apiVersion", "v1"},
                                                    {"kind", "Secret"},
                                                    {"metadata", {{"name", name}, {"annotations", annotations}}},
                                                    {"type", type}});
    EXPECT_EQ(made.status, 201) << Text(made);
    return Body(made)["metadata"]["uid"].get<std::string>();
  };
  const auto ask = [this](const std::string& name, const std::string& uid) {
    return Ask({{"boundObjectRef", {{"apiVersion", "v1"}, {"kind", "Secret"}, {"name", name}, {"uid", uid}}}});
  };
  const std::string uid = secret("db-token", "kubernetes.io/service-account-token");
  const http::Response answer = ask("db-token", uid);
  ASSERT_EQ(answer.status, 201) << Text(answer);
  issuer_.subjects().Put(Body(Send("GET", "/api/v1/namespaces/default/serviceaccounts/db"))["metadata"]["uid"],
                         std::nullopt);
  issuer_.subjects().Complete();
  const std::string token = Body(answer)["status"]["token"];
  EXPECT_FALSE(issuer_.Check(token, {}).ok()) << "the secret is gone";
  issuer_.subjects().Put(uid, std::nullopt);
  const auto claims = issuer_.Check(token, {});
  ASSERT_TRUE(claims.ok()) << claims.error().message;
  EXPECT_EQ(claims->secret, (tokens::Named{"db-token", uid}));
  EXPECT_EQ(ask("db-token", "another").status, 409);
  EXPECT_EQ(ask("nosuch", "").status, 404);
  EXPECT_EQ(ask("plain", secret("plain", "Opaque")).status, 501);
}

TEST_F(RestTokens, ANodeGetsThoseOfItsOwnPodsAlone) {
  user_ = {"system:node:node-a", {"system:nodes"}};
  EXPECT_EQ(Ask(Bound(uid_)).status, 201);
  EXPECT_EQ(Ask(Json::object()).status, 403) << "bound to nothing";
  EXPECT_EQ(Ask(Bound("")).status, 403);
  EXPECT_EQ(Ask(Bound("another")).status, 403);
  user_ = {"system:node:node-b", {"system:nodes"}};
  EXPECT_EQ(Ask(Bound(uid_)).status, 403) << "a pod of another node";
}

}  // namespace
}  // namespace ordinal::apiserver::rest
