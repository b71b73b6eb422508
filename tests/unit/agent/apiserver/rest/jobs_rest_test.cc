// Jobs as clients write and delete them.
#include <gmock/gmock.h>

#include "agent/api/kinds/job/labels.h"
#include "tests/unit/agent/apiserver/rest/rest_fixture.h"

namespace ordinal::apiserver::rest {
namespace {

constexpr const char* kJobs = "/apis/batch/v1/namespaces/default/jobs";

class JobsRestTest : public RestFixture {
 protected:
  static Json JobBody() {
    return Json::parse(R"({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "pi"},
      "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}}})");
  }
  std::string Path() const { return std::string(kJobs) + "/pi"; }
};

TEST_F(JobsRestTest, ANewOneSelectsItsOwnPods) {
  const http::Response response = Post(kJobs, JobBody());
  ASSERT_EQ(response.status, 201) << Text(response);
  const Json job = Body(response);
  const std::string uid = job["metadata"]["uid"];
  EXPECT_EQ(job["spec"]["selector"]["matchLabels"], (Json{{api::kJobUidLabel, uid}}));
  EXPECT_EQ(job["spec"]["template"]["metadata"]["labels"][api::kJobNameLabel], "pi");
  EXPECT_EQ(job["metadata"]["labels"], job["spec"]["template"]["metadata"]["labels"]);
  EXPECT_EQ(job["metadata"]["generation"], 1);
  EXPECT_EQ(job["status"], Json::object());
}

TEST_F(JobsRestTest, ASelectorOfSomebodyElsesIsRefused) {
  Json body = JobBody();
  body["spec"]["selector"]["matchLabels"]["a"] = "b";
  body["spec"]["template"]["metadata"]["labels"]["a"] = "b";
  const http::Response response = Post(kJobs, body);
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(Body(response)["details"]["causes"][0]["field"], "spec.selector");
}

TEST_F(JobsRestTest, DeletedWithoutAWordOfItsPodsItLeavesThemAndSaysSo) {
  ASSERT_EQ(Post(kJobs, JobBody()).status, 201);
  const http::Response response = Send("DELETE", Path());
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(Body(response)["metadata"]["finalizers"], Json::array({"orphan"}));
  ASSERT_EQ(Warnings(response).size(), 1U);
  EXPECT_THAT(Warnings(response)[0], testing::HasSubstr("propagationPolicy=Background"));
}

TEST_F(JobsRestTest, DeletedInTheBackgroundItGoesAtOnce) {
  ASSERT_EQ(Post(kJobs, JobBody()).status, 201);
  const http::Response response = Send("DELETE", Path() + "?propagationPolicy=Background");
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(Warnings(response).empty());
  EXPECT_EQ(Send("GET", Path()).status, 404);
}

}  // namespace
}  // namespace ordinal::apiserver::rest
