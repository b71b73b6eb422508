#include "agent/apiserver/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/run_task.h"

namespace ordinal::apiserver {
namespace {

using api::Json;
using ::testing::HasSubstr;

class HealthTest : public ::testing::Test {
 protected:
  HealthTest() {
    AddHealth(routes_, [this] { return readiness_; });
    AddManifests(routes_, [this] { return manifests_; });
  }

  http::Response Ask(std::vector<std::string> segments, bool verbose = false, const std::string& method = "GET") {
    auto request = std::make_shared<http::Request>();
    request->method = method;
    request->segments = std::move(segments);
    if (verbose) request->query.emplace("verbose", "");
    const http::Handler* handler = routes_.Find(*request);
    EXPECT_NE(handler, nullptr);
    return RunTask(io_, (*handler)(std::shared_ptr<const http::Request>(std::move(request))));
  }
  static std::string TextOf(const http::Response& response) { return std::get<std::string>(response.body); }

  asio::io_context io_;
  Json readiness_ = Json::parse(R"({"runtime": true, "dns": true})");
  Json manifests_ = Json::parse(R"({"a.yaml": ["no kind"]})");
  Routes routes_;
};

TEST_F(HealthTest, SaysOkInAWordOrAPartALine) {
  for (const char* path : {"healthz", "livez", "readyz"}) {
    EXPECT_EQ(Ask({path}).status, 200);
    EXPECT_EQ(TextOf(Ask({path})), "ok");
  }
  EXPECT_EQ(TextOf(Ask({"readyz"}, true)), "[+]dns ok\n[+]runtime ok\nreadyz check passed\n");
}

TEST_F(HealthTest, IsNotReadyWhileAPartIsNot) {
  readiness_["dns"] = "the address is taken";
  EXPECT_EQ(Ask({"readyz"}).status, 500);
  EXPECT_EQ(TextOf(Ask({"readyz"})), "[-]dns failed: the address is taken\n[+]runtime ok\nreadyz check failed\n");
  EXPECT_EQ(Ask({"livez"}).status, 200);
}

TEST_F(HealthTest, TellsWhichManifestsAreNotApplied) {
  EXPECT_EQ(TextOf(Ask({"ordinal", "manifests"})), "{\"a.yaml\":[\"no kind\"]}\n");
  EXPECT_EQ(Ask({"ordinal", "manifests"}, false, "DELETE").status, 405);
}

TEST_F(HealthTest, NamesOfFilesNeedNotBeText) {
  manifests_ = {{"a\xFF.yaml", {"no kind"}}};
  EXPECT_EQ(TextOf(Ask({"ordinal", "manifests"})), "{\"a\xEF\xBF\xBD.yaml\":[\"no kind\"]}\n");
}

}  // namespace
}  // namespace ordinal::apiserver
