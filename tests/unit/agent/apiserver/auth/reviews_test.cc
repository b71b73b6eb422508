#include "agent/apiserver/auth/reviews.h"

#include <gtest/gtest.h>

#include "tests/unit/agent/apiserver/auth/policies.h"

namespace ordinal::apiserver::auth {
namespace {

using api::Json;

const http::User kView{"ordinal-view", {"ordinal:view", "system:authenticated"}};

/// Everybody in "ordinal:view" may read pods and their logs.
const Authorizer& Viewing() {
  static Authorizer access;
  Give(access, "", "viewers", R"([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods", "pods/log"]}])",
       {TheGroup("ordinal:view")});
  return access;
}

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
    const auto reviewed = ReviewAccess(Viewing(), kView, AccessReview(one.spec));
    ASSERT_TRUE(reviewed.ok());
    EXPECT_EQ((*reviewed)["status"]["allowed"], one.allowed);
    EXPECT_EQ((*reviewed)["status"].contains("reason"), one.allowed);
    EXPECT_EQ((*reviewed)["spec"], Json::parse(one.spec));
    EXPECT_TRUE((*reviewed)["metadata"]["creationTimestamp"].is_null());
  }
}

TEST(Reviews, NeedOneQuestion) {
  for (const char* spec : {"{}", R"({"resourceAttributes": {}, "nonResourceAttributes": {"path": "/"}})", "[]"}) {
    EXPECT_FALSE(ReviewAccess(Viewing(), kView, AccessReview(spec)).ok()) << spec;
  }
  EXPECT_FALSE(ReviewAccess(Viewing(), kView, Json()).ok());
  EXPECT_FALSE(ReviewRules(Viewing(), kView, Json("text")).ok());
  EXPECT_FALSE(ReviewSelf(kView, Json::array()).ok());
}

TEST(Reviews, ListRules) {
  const auto reviewed = ReviewRules(Viewing(), kView, {{"spec", {{"namespace", "default"}}}});
  ASSERT_TRUE(reviewed.ok());
  EXPECT_EQ((*reviewed)["status"], Json::parse(R"({
    "resourceRules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods", "pods/log"]}],
    "nonResourceRules": [{"verbs": ["get"],
                          "nonResourceURLs": ["/healthz", "/livez", "/readyz", "/version", "/version/"]}],
    "incomplete": false})"));
  EXPECT_FALSE(ReviewRules(Viewing(), kView, {{"spec", Json::object()}}).ok()) << "of which namespace?";
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
    return ReviewSubject(Viewing(), body);
  };
  EXPECT_EQ((*about(R"({"user": "x", "groups": ["system:masters"]})"))["status"]["allowed"], true);
  EXPECT_EQ((*about(R"({"user": "x"})"))["status"]["allowed"], false);
  EXPECT_FALSE(about("{}").ok());
}

TEST(Reviews, AnswerAboutOthersInOneNamespace) {
  const auto about = [](const char* ns) {
    Json body = {{"spec", {{"user", "x"}, {"groups", {"ordinal:view"}}}}};
    body["spec"]["resourceAttributes"] = {{"verb", "get"}, {"resource", "pods"}, {"namespace", ns}};
    return ReviewSubjectIn(Viewing(), "default", body);
  };
  const auto reviewed = about("default");
  ASSERT_TRUE(reviewed.ok());
  EXPECT_EQ((*reviewed)["status"]["allowed"], true);
  EXPECT_EQ((*reviewed)["metadata"]["namespace"], "default");
  EXPECT_FALSE(about("other").ok());
  EXPECT_FALSE(ReviewSubjectIn(Viewing(), "default", {{"spec", {{"user", "x"}}}}).ok());
}

}  // namespace
}  // namespace ordinal::apiserver::auth
