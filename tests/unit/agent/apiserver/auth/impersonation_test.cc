#include "agent/apiserver/auth/impersonation.h"

#include <gtest/gtest.h>

#include "tests/unit/agent/apiserver/auth/policies.h"

namespace ordinal::apiserver::auth {
namespace {

using Fields = std::multimap<std::string, std::string>;

http::Request RequestOf(Fields fields) {
  http::Request request;
  request.method = "GET";
  request.target = "/api/v1/pods";
  request.headers = std::move(fields);
  request.user = UserOf("carol");
  return request;
}

std::optional<http::Response> Refused(Fields fields) {
  http::Request request = RequestOf(std::move(fields));
  return Impersonate(Authorizer(), request);
}

/// Carol may be anybody whom these rules name.
std::optional<http::Response> As(const char* rules, http::Request& request) {
  Authorizer access;
  Give(access, "", "impersonator", rules, {TheUser("carol")});
  return Impersonate(access, request);
}

constexpr char kAnybody[] = R"([{"verbs": ["impersonate"], "apiGroups": ["*"], "resources": ["*"]}])";

std::string MessageOf(const std::optional<http::Response>& response) {
  return response ? api::Json::parse(std::get<std::string>(response->body))["message"].get<std::string>() : "";
}

TEST(Impersonation, IsNobodysWithoutTheRight) {
  EXPECT_FALSE(Refused({{"accept", "*/*"}}));
  EXPECT_FALSE(Refused({{"impersonate-user", ""}}));
  EXPECT_EQ(Refused({{"impersonate-user", "dave"}})->status, 403);
  EXPECT_EQ(
      MessageOf(Refused({{"impersonate-user", "dave"}})),
      "users \"dave\" is forbidden: User \"carol\" cannot impersonate resource \"users\" in API group \"\" at the "
      "cluster scope");
  EXPECT_EQ(MessageOf(Refused({{"impersonate-user", "system:serviceaccount:a:b"}})),
            "serviceaccounts \"b\" is forbidden: User \"carol\" cannot impersonate resource \"serviceaccounts\" in API "
            "group \"\" in the namespace \"a\"");
}

TEST(Impersonation, EachThingNeedsItsRight) {
  const char* dave =
      R"([{"verbs": ["impersonate"], "apiGroups": [""], "resources": ["users"], "resourceNames": ["dave"]},
    {"verbs": ["impersonate"], "apiGroups": [""], "resources": ["groups"], "resourceNames": ["dev"]},
    {"verbs": ["impersonate"], "apiGroups": ["authentication.k8s.io"], "resources": ["userextras/scopes"],
     "resourceNames": ["view"]}])";
  const auto refused = [&](Fields fields) {
    http::Request request = RequestOf(std::move(fields));
    return MessageOf(As(dave, request)).substr(0, 12);
  };
  EXPECT_EQ(refused({{"impersonate-user", "dave"}}), "");
  EXPECT_EQ(refused({{"impersonate-user", "erin"}}), "users \"erin\"");
  EXPECT_EQ(refused({{"impersonate-user", "dave"}, {"impersonate-group", "dev"}}), "");
  EXPECT_EQ(
      refused({{"impersonate-user", "dave"}, {"impersonate-group", "dev"}, {"impersonate-group", "system:masters"}}),
      "groups \"syst");
  EXPECT_EQ(refused({{"impersonate-user", "dave"}, {"impersonate-extra-scopes", "view"}}), "");
  EXPECT_EQ(refused({{"impersonate-user", "dave"}, {"impersonate-extra-scopes", "all"}}), "userextras.a");
  EXPECT_EQ(refused({{"impersonate-user", "dave"}, {"impersonate-uid", "7"}}), "uids.authent");
}

TEST(Impersonation, MakesTheRequestTheOthers) {
  struct Case {
    Fields fields;
    std::vector<std::string> groups;
  };
  const std::vector<Case> cases = {
      {{{"impersonate-user", "dave"}}, {"system:authenticated"}},
      {{{"impersonate-user", "dave"}, {"impersonate-group", "dev"}}, {"dev", "system:authenticated"}},
      {{{"impersonate-user", "dave"}, {"impersonate-group", "system:authenticated"}}, {"system:authenticated"}},
      {{{"impersonate-user", "dave"}, {"impersonate-group", "system:unauthenticated"}}, {"system:unauthenticated"}},
      {{{"impersonate-user", "system:anonymous"}}, {"system:unauthenticated"}},
      {{{"impersonate-user", "system:serviceaccount:a:b"}},
       {"system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated"}},
      {{{"impersonate-user", "system:serviceaccount:a:b"}, {"impersonate-group", "dev"}},
       {"dev", "system:authenticated"}},
      {{{"impersonate-user", "system:serviceaccount:a"}}, {"system:authenticated"}},
  };
  for (const Case& one : cases) {
    http::Request request = RequestOf(one.fields);
    request.headers.emplace("accept", "*/*");
    ASSERT_FALSE(As(kAnybody, request));
    EXPECT_EQ(request.user.name, one.fields.find("impersonate-user")->second);
    EXPECT_EQ(request.user.groups, one.groups);
    EXPECT_EQ(request.headers.size(), 1U) << "no header of it is handed on";
  }
  http::Request request = RequestOf({{"impersonate-user", "dave"},
                                     {"impersonate-uid", "7"},
                                     {"impersonate-extra-acme.com%2fscope", "a"},
                                     {"impersonate-extra-acme.com%2fscope", "b"}});
  ASSERT_FALSE(As(kAnybody, request));
  EXPECT_EQ(request.user.uid, "7");
  const std::vector<std::pair<std::string, std::string>> extra = {{"acme.com/scope", "a"}, {"acme.com/scope", "b"}};
  EXPECT_EQ(request.user.extra, extra);
}

TEST(Impersonation, OfGroupsWithoutAUserIsRefusedAsTheReferenceDoes) {
  struct Row {
    Fields fields;
    std::string wishes;
  };
  for (const Row& row : std::vector<Row>{
           {{{"impersonate-group", "devs"}}, "{Group  devs    }"},
           {{{"impersonate-group", "devs"}, {"impersonate-group", "ops"}}, "{Group  devs    } {Group  ops    }"},
           {{{"impersonate-uid", "7"}}, "{UID  7  authentication.k8s.io/v1  }"},
           {{{"impersonate-extra-scopes", "view"}}, "{UserExtra  view  authentication.k8s.io/v1  scopes}"},
           {{{"impersonate-user", ""}, {"impersonate-group", "devs"}}, "{Group  devs    }"},
       }) {
    SCOPED_TRACE(row.wishes);
    const auto response = Refused(row.fields);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 500);
    EXPECT_EQ(std::get<std::string>(response->body),
              "Internal Server Error: \"/api/v1/pods\": requested [" + row.wishes + "] without impersonating a user\n");
  }
}

}  // namespace
}  // namespace ordinal::apiserver::auth
