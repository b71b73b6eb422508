#include "agent/apiserver/auth/impersonation.h"

#include <gtest/gtest.h>

namespace ordinal::apiserver::auth {
namespace {

using Fields = std::multimap<std::string, std::string>;

std::optional<http::Response> Refused(Fields fields) {
  http::Request request;
  request.method = "GET";
  request.target = "/api/v1/pods";
  request.headers = std::move(fields);
  return RefuseImpersonation(request);
}

TEST(Impersonation, IsNotPretended) {
  EXPECT_EQ(Refused({{"impersonate-user", "admin"}})->status, 501);
  EXPECT_EQ(Refused({{"impersonate-user", "admin"}, {"impersonate-group", "x"}})->status, 501);
  EXPECT_FALSE(Refused({{"accept", "*/*"}}));
  EXPECT_FALSE(Refused({{"impersonate-user", ""}}));
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
