// Which objects `ordinald down` takes away: those of pods that are made again, and of which nothing runs any more.
#include "agent/app/down_pods.h"

#include <gmock/gmock.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/fakes/scratch_directory.h"

namespace ordinal {
namespace {

using api::Json;
using testing::ElementsAre;
using testing::IsEmpty;

class DownPodsTest : public testing::Test {
 protected:
  DownPodsTest() {
    config_.state_dir = directory_.path();
    config_.node_name = "node-a";
    Put("StatefulSet", "web", Json::object());
    Put("Pod", "alone", Json::object());
    const Json owner{
        {"apiVersion", "apps/v1"}, {"kind", "StatefulSet"}, {"name", "web"}, {"uid", "uid-web"}, {"controller", true}};
    for (const char* name : {"web-0", "web-1"}) Put("Pod", name, Json{{"ownerReferences", Json::array({owner})}});
  }
  std::unique_ptr<store::SqliteStore> Open() {
    store::SqliteStore::Options options;
    options.directory = config_.state_dir;
    options.now = clock_.Now();
    auto opened = store::SqliteStore::Open(options, io_.get_executor());
    EXPECT_TRUE(opened.ok()) << opened.error().message;
    return std::move(*opened);
  }
  void Put(const std::string& kind, const std::string& name, const Json& more) {
    Json body{{"apiVersion", kind == "Pod" ? "v1" : "apps/v1"}, {"kind", kind}, {"spec", Json{{"nodeName", "node-a"}}}};
    body["metadata"] = Json{{"namespace", "default"}, {"name", name}, {"uid", "uid-" + name}};
    body["metadata"].update(more);
    const auto store = Open();
    ASSERT_TRUE(RunTask(io_, store->Create(api::Object(std::move(body)))).ok());
    ASSERT_TRUE(store->Close().ok());
  }
  /// The names of the pods that the store has after it.
  std::vector<std::string> Forget(std::function<bool(const std::string&)> may_run) {
    DownPods pods(config_, clock_);
    EXPECT_TRUE(RunTask(io_, pods.Read(io_.get_executor())).ok());
    std::vector<std::string> left;
    RunTask(io_, pods.Forget(std::move(may_run), left));
    EXPECT_THAT(left, IsEmpty());
    const auto store = Open();
    std::vector<std::string> names;
    const auto listed = RunTask(io_, store->List("Pod", store::ListOptions()));
    for (const api::Object& pod : listed.value().items) names.emplace_back(pod.name());
    EXPECT_TRUE(store->Close().ok());
    return names;
  }

  fakes::ScratchDirectory directory_;
  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  Config config_;
};

TEST_F(DownPodsTest, WhatMayStillRunKeepsItsObject) {
  EXPECT_THAT(Forget([](const std::string& uid) { return uid == "uid-web-1"; }), ElementsAre("alone", "web-1"));
}

TEST_F(DownPodsTest, WhereNobodyKnowsWhatRunsNoneGoes) {
  EXPECT_THAT(Forget([](const std::string&) { return true; }), ElementsAre("alone", "web-0", "web-1"));
}

TEST_F(DownPodsTest, WhatIsMadeAgainGoesWhenItHasEnded) {
  EXPECT_THAT(Forget([](const std::string&) { return false; }), ElementsAre("alone"));
}

}  // namespace
}  // namespace ordinal
