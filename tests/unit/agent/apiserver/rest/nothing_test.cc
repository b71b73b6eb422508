// Paths that lead to nothing, whatever is sent to them.
#include <gmock/gmock.h>

#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

using NothingTest = RestFixture;

TEST_F(NothingTest, WhereNoGroupOrVersionIsThePageIsNotFound) {
  for (const char* path :
       {"/apis/nosuch.io/v1", "/apis/nosuch.io/v1/namespaces/default/things", "/apis/nosuch.io/v1/things/x",
        "/apis/apps/v9/namespaces/default/deployments", "/apis/apps/v9/deployments/x", "/api/v2/pods",
        "/api/v1beta3/pods", "/api/v2/namespaces/default/pods/x/log", "/apis/example.com/v1/namespaces/default/jobs",
        "/nothing"}) {
    for (const char* method : {"GET", "POST", "PUT", "DELETE", "PATCH"}) {
      const http::Response response = Send(method, path);
      EXPECT_EQ(response.status, 404) << method << " " << path;
      EXPECT_EQ(response.content_type, "text/plain; charset=utf-8") << method << " " << path;
      EXPECT_EQ(Text(response), "404 page not found\n") << method << " " << path;
    }
  }
}

TEST_F(NothingTest, WhereAGroupAndVersionIsTheResourceIsNotFound) {
  ASSERT_EQ(Post(kPods, PodBody("a")).status, 201);
  for (const char* path : {"/api/v1/namespaces/default/nosuchs", "/api/v1/nosuchs/x", "/apis/apps/v1/nosuchs",
                           "/apis/apps/v1/namespaces/default/nosuchs/x/status", "/api/v1/pods/a",
                           "/api/v1/namespaces/default/pods/a/nosuch"}) {
    const http::Response response = Send("GET", path);
    EXPECT_EQ(response.status, 404) << path;
    const Json status = Body(response);
    EXPECT_EQ(status["kind"], "Status") << path;
    EXPECT_EQ(status["reason"], "NotFound") << path;
    EXPECT_EQ(status["message"], "the server could not find the requested resource") << path;
  }
}

TEST_F(NothingTest, TheFormOfTheBodyDoesNotMatterThere) {
  // What kubectl create job and kubectl autoscale send.
  const Sent job{std::string("k8s\0\n\x0f\n\x08"
                             "batch/v1\x12\x03Job\x12\0",
                             23),
                 "application/vnd.kubernetes.protobuf", ""};
  for (const char* path : {"/apis/example.com/v1/namespaces/default/jobs",
                           "/apis/autoscaling/v2beta2/namespaces/default/horizontalpodautoscalers",
                           "/api/v1/namespaces/default/nosuchs"}) {
    const http::Response response = Send("POST", path, job);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_THAT(Text(response), testing::Not(testing::HasSubstr("protobuf"))) << path;
  }
}

}  // namespace
}  // namespace ordinal::apiserver::rest
