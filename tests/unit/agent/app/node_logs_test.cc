#include "agent/app/node_logs.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "agent/http/target.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal {
namespace {

using api::Json;
using ::testing::HasSubstr;
using ::testing::Not;

class NodeLogsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const Json ended{{"terminated", {{"exitCode", 1}, {"containerID", "containerd://c0"}}}};
    const Json status{{"name", "main"},
                      {"state", {{"running", {{"startedAt", "2026-01-01T00:00:00Z"}}}}},
                      {"lastState", ended},
                      {"restartCount", 1},
                      {"containerID", "containerd://c1"}};
    for (const char* node : {"node-a", "node-b"}) {
      const Json pod{{"apiVersion", "v1"},
                     {"kind", "Pod"},
                     {"metadata", {{"name", std::string("of-") + node}, {"namespace", "default"}, {"uid", node}}},
                     {"spec", {{"nodeName", node}, {"containers", {{{"name", "main"}, {"image", "a:1"}}}}}},
                     {"status", {{"phase", "Running"}, {"containerStatuses", {status}}}}};
      ASSERT_TRUE(RunTask(io_, store_.Create(api::Object(pod))).ok());
    }
    Write(0, "before");
    for (const char* line : {"one", "two", "three"}) Write(1, line);
  }

  void Write(int run, const std::string& text) {
    const std::string file = directory_ / fmt::format("default_of-node-a_node-a/main/{}.log", run);
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file, std::ios::app) << "2026-01-01T00:00:00Z stdout F " << text << "\n";
  }

  /// "200 " and the text.
  std::string Ask(const std::string& target) {
    auto request = std::make_shared<http::Request>();
    request->method = "GET";
    const auto parsed = http::ParseTarget(target);
    request->segments = parsed->segments;
    request->query = parsed->query;
    const http::Response response = RunTask(io_, logs_.Get(request));
    std::string text;
    if (const auto* body = std::get_if<std::string>(&response.body)) text = *body;
    if (const auto* stream = std::get_if<std::shared_ptr<http::Stream>>(&response.body)) {
      for (auto piece = RunTask(io_, (*stream)->Next()); piece.ok() && !piece->empty();
           piece = RunTask(io_, (*stream)->Next())) {
        text += *piece;
      }
    }
    return fmt::format("{} {}", response.status, text);
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  BlockingPool pool_{1};
  fakes::ScratchDirectory directory_;
  store::MemoryStore store_;
  NodeLogs logs_{store_, pool_, clock_, Layout({.pod_logs = directory_.path()}), "node-a"};
};

constexpr char kMain[] = "/containerLogs/default/of-node-a/main";

TEST_F(NodeLogsTest, AreThoseOfAContainerWithTheOptionsOfPodsLog) {
  EXPECT_EQ(Ask(kMain), "200 one\ntwo\nthree\n");
  EXPECT_EQ(Ask(std::string(kMain) + "?tailLines=1"), "200 three\n");
  EXPECT_EQ(Ask(std::string(kMain) + "?tail=1"), "200 three\n") << "an old client's";
  EXPECT_EQ(Ask(std::string(kMain) + "?tail=all&tailLines=1"), "200 one\ntwo\nthree\n");
  EXPECT_EQ(Ask(std::string(kMain) + "?limitBytes=5"), "200 one\nt");
  EXPECT_EQ(Ask(std::string(kMain) + "?previous=true"), "200 before\n");
  EXPECT_EQ(Ask(std::string(kMain) + "?timestamps=true&tailLines=1"), "200 2026-01-01T00:00:00.000000000Z three\n");
  EXPECT_EQ(Ask(std::string(kMain) + "?container=other"), "200 one\ntwo\nthree\n") << "the path says which";
}

TEST_F(NodeLogsTest, WhatIsNotHereIsNotFound) {
  EXPECT_EQ(Ask("/containerLogs/default/nobody/main"), "404 pod \"nobody\" does not exist\n");
  EXPECT_EQ(Ask("/containerLogs/default/of-node-b/main"), "404 pod \"of-node-b\" does not exist\n") << "another node's";
  EXPECT_EQ(Ask("/containerLogs/default/of-node-a/other"), "404 container \"other\" not found in pod \"of-node-a\"\n");
  EXPECT_EQ(Ask("/containerLogs/default/of-node-a"), "404 404 page not found\n");
}

TEST_F(NodeLogsTest, AFailureIsAText) {
  const std::string refused = Ask(std::string(kMain) + "?tailLines=-1");
  EXPECT_THAT(refused, HasSubstr("422 "));
  EXPECT_THAT(refused, Not(HasSubstr("\"kind\"")));
  EXPECT_THAT(Ask(std::string(kMain) + "?tailLines=many"), HasSubstr("400 "));
}

}  // namespace
}  // namespace ordinal
