#include "agent/apiserver/auth/reviews.h"

#include <gtest/gtest.h>

namespace ordinal::apiserver::auth {
namespace {

using api::Json;

const http::User kView{"ordinal-view", {"ordinal:view", "system:authenticated"}};

Json AccessReview(const char* spec) {
  return {{"kind", "SelfSubjectAccessReview"}, {"apiVersion", "authorization.k8s.io/v1"}, {"spec", Json::parse(spec)}};
}

TEST(Reviews, SayWhatOneMay) {
  struct Case {
    const char* spec;
    bool allowed;
  };
  const Case cases[] = {
      {R"({"resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "default"}})", true},
      {R"({"resourceAttributes": {"verb": "get", "resource": "pods", "subresource": "log"}})", true},
      {R"({"resourceAttributes": {"verb": "get", "resource": "secrets"}})", false},
      {R"({"resourceAttributes": {"verb": "*", "resource": "*", "group": "*"}})", false},
      {R"({"nonResourceAttributes": {"verb": "get", "path": "/version"}})", true},
      {R"({"nonResourceAttributes": {"verb": "get", "path": "/debug"}})", false},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.spec);
    const auto reviewed = ReviewAccess(kView, AccessReview(one.spec));
    ASSERT_TRUE(reviewed.ok());
    EXPECT_EQ((*reviewed)["status"], (Json{{"allowed", one.allowed}}));
    EXPECT_EQ((*reviewed)["spec"], Json::parse(one.spec));
    EXPECT_TRUE((*reviewed)["metadata"]["creationTimestamp"].is_null());
  }
}

TEST(Reviews, NeedOneQuestion) {
  for (const char* spec : {"{}", R"({"resourceAttributes": {}, "nonResourceAttributes": {"path": "/"}})", "[]"}) {
    EXPECT_FALSE(ReviewAccess(kView, AccessReview(spec)).ok()) << spec;
  }
  EXPECT_FALSE(ReviewAccess(kView, Json()).ok());
  EXPECT_FALSE(ReviewRules(kView, Json("text")).ok());
  EXPECT_FALSE(ReviewSelf(kView, Json::array()).ok());
}

TEST(Reviews, ListRules) {
  const http::User node{"system:node:n1", {"system:nodes", "system:authenticated"}};
  const auto reviewed = ReviewRules(node, {{"spec", {{"namespace", "default"}}}});
  ASSERT_TRUE(reviewed.ok());
  const Json& status = (*reviewed)["status"];
  EXPECT_EQ(status["incomplete"], false);
  EXPECT_EQ(status["nonResourceRules"][0]["verbs"], Json::array({"get"}));
  bool own = false;
  for (const Json& rule : status["resourceRules"])
    own = own || rule.value("resourceNames", Json()) == Json::array({"n1"});
  EXPECT_TRUE(own);
}

TEST(Reviews, SayWhoOneIs) {
  const auto reviewed = ReviewSelf(kView, {{"kind", "SelfSubjectReview"}});
  ASSERT_TRUE(reviewed.ok());
  EXPECT_EQ((*reviewed)["status"], Json::parse(R"({"userInfo": {"username": "ordinal-view",
    "groups": ["ordinal:view", "system:authenticated"]}})"));
  EXPECT_FALSE(reviewed->contains("spec"));
}

TEST(Reviews, AnswerAboutOthers) {
  const auto about = [](const char* user) {
    Json body = {{"spec", {{"resourceAttributes", {{"verb", "delete"}, {"resource", "pods"}}}}}};
    body["spec"].update(Json::parse(user));
    return ReviewSubject(body);
  };
  EXPECT_EQ((*about(R"({"user": "x", "groups": ["system:masters"]})"))["status"]["allowed"], true);
  EXPECT_EQ((*about(R"({"user": "x"})"))["status"]["allowed"], false);
  EXPECT_FALSE(about("{}").ok());
}

}  // namespace
}  // namespace ordinal::apiserver::auth
