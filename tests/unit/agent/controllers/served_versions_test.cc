// The APIServices of what is served here: made, mended and taken away (agent/controllers/served_versions).
#include <gmock/gmock.h>

#include "agent/api/custom/publish.h"
#include "agent/controllers/definitions/controller.h"
#include "agent/controllers/served_versions/controller.h"
#include "agent/events/log_recorder.h"
#include "agent/objects/local/local_objects.h"
#include "agent/objects/read_your_writes.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::controllers::served_versions {
namespace {

using api::Json;

class ServedVersionsTest : public testing::Test {
 protected:
  ~ServedVersionsTest() override { api::PublishKinds({}, clock_.Steady()); }

  void Start() {
    caches_.Start(io_.get_executor());
    Spawn(io_.get_executor(), "definitions", definitions_.Run());
    Spawn(io_.get_executor(), "versions", controller_.Run());
    RunReady(io_);
  }
  Json Read(const std::string& name) {
    const auto found = RunTask(io_, store_.Get({"APIService", "", name}));
    return found.ok() ? found->body() : Json();
  }
  void Create(Json body) {
    const auto made = RunTask(io_, client_.Create(std::move(body)));
    ASSERT_TRUE(made.ok()) << made.error().message;
    RunReady(io_);
  }
  void Delete(const std::string& kind, const std::string& name) {
    ASSERT_TRUE(RunTask(io_, client_.Delete({kind, "", name}, {})).ok());
    RunReady(io_);
  }
  void Modify(const std::string& name, std::function<bool(Json&)> change) {
    ASSERT_TRUE(RunTask(io_, client_.Modify({"APIService", "", name}, std::move(change))).ok());
    RunReady(io_);
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SystemRandom random_;
  store::MemoryStore store_;
  objects::Caches caches_{store_, clock_};
  objects::ReadYourWrites written_{store_, caches_};
  objects::LocalObjects client_{written_, clock_, random_};
  events::LogRecorder recorder_;
  Context context_{io_.get_executor(), clock_, client_, recorder_, random_, "node-a"};
  definitions::Controller definitions_{context_, caches_};
  Controller controller_{context_, caches_};
};

Json Definition() {
  return Json::parse(R"({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"}, "spec": {"group": "example.com", "scope": "Namespaced",
      "names": {"plural": "widgets", "kind": "Widget"},
      "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object",
        "x-kubernetes-preserve-unknown-fields": true}}}]}})");
}

Json Remote(const char* name, const char* group) {
  Json body = Json::parse(R"({"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "spec": {"version": "v1",
    "groupPriorityMinimum": 100, "versionPriority": 10, "service": {"namespace": "default", "name": "api"}}})");
  body["metadata"]["name"] = name;
  body["spec"]["group"] = group;
  return body;
}

TEST_F(ServedVersionsTest, AreRegisteredAndAvailable) {
  Start();
  for (const char* name : {"v1.", "v1.apps", "v1.batch", "v2.autoscaling", "v1.authorization.k8s.io"}) {
    const Json body = Read(name);
    ASSERT_TRUE(body.is_object()) << name;
    EXPECT_EQ(body["metadata"]["labels"], Json({{"kube-aggregator.kubernetes.io/automanaged", "onstart"}})) << name;
    EXPECT_FALSE(body["spec"].contains("service")) << name;
    const Json& condition = body["status"]["conditions"][0];
    EXPECT_EQ(condition["type"], "Available");
    EXPECT_EQ(condition["status"], "True");
    EXPECT_EQ(condition["reason"], "Local");
    EXPECT_EQ(condition["message"], "Local APIServices are always available");
  }
  EXPECT_EQ(Read("v1.")["spec"],
            Json::parse(R"({"version": "v1", "groupPriorityMinimum": 18000, "versionPriority": 1})"));
  EXPECT_EQ(Read("v1.apps")["spec"]["groupPriorityMinimum"], 17800);
  EXPECT_EQ(Read("v1.apps")["spec"]["versionPriority"], 15);
  EXPECT_TRUE(Read("v1.apiregistration.k8s.io").is_null());
}

TEST_F(ServedVersionsTest, ThoseOfDefinitionsComeAndGoWithThem) {
  Start();
  Create(Definition());
  EXPECT_EQ(Read("v1.example.com")["metadata"]["labels"]["kube-aggregator.kubernetes.io/automanaged"], "true");
  EXPECT_EQ(Read("v1.example.com")["spec"],
            Json::parse(R"({"group": "example.com", "version": "v1", "groupPriorityMinimum": 1000,
                            "versionPriority": 100})"));
  Delete("APIService", "v1.example.com");
  EXPECT_TRUE(Read("v1.example.com").is_object()) << "what is deleted comes back";
  Modify("v1.example.com", [](Json& body) { return (body["spec"]["versionPriority"] = 7).is_number(); });
  EXPECT_EQ(Read("v1.example.com")["spec"]["versionPriority"], 100);
  Delete("CustomResourceDefinition", "widgets.example.com");
  EXPECT_TRUE(Read("v1.example.com").is_null());
  EXPECT_TRUE(Read("v1.apps").is_object());
}

TEST_F(ServedVersionsTest, WhatIsServedHereIsLeftToWhoeverChangesItAfterTheStart) {
  Start();
  Delete("APIService", "v1.batch");
  EXPECT_TRUE(Read("v1.batch").is_null());
  Modify("v1.apps", [](Json& body) { return (body["spec"]["versionPriority"] = 7).is_number(); });
  EXPECT_EQ(Read("v1.apps")["spec"]["versionPriority"], 7);
}

TEST_F(ServedVersionsTest, WhatAnEarlierStartLeftIsMendedOnce) {
  Json old = Remote("v1.apps", "apps"), gone = Remote("v9.gone.k8s.io", "gone.k8s.io");
  gone["spec"]["version"] = "v9";
  for (Json* left : {&old, &gone}) {
    (*left)["spec"].erase("service");
    (*left)["spec"]["versionPriority"] = 7;
    (*left)["metadata"]["labels"]["kube-aggregator.kubernetes.io/automanaged"] = "onstart";
    Create(*left);
  }
  Start();
  EXPECT_EQ(Read("v1.apps")["spec"]["versionPriority"], 15);
  EXPECT_TRUE(Read("v9.gone.k8s.io").is_null());
  Modify("v1.apps", [](Json& body) { return (body["spec"]["versionPriority"] = 7).is_number(); });
  EXPECT_EQ(Read("v1.apps")["spec"]["versionPriority"], 7) << "it is mended at the start alone";
  Create(gone);
  EXPECT_TRUE(Read("v9.gone.k8s.io").is_object());
}

TEST_F(ServedVersionsTest, WhatIsOthersStays) {
  Create(Remote("v1.acme.io", "acme.io"));
  Create(Remote("v1.policy", "policy"));
  Json gone = Remote("v1.old.io", "old.io");
  gone["spec"].erase("service");
  gone["metadata"]["labels"]["kube-aggregator.kubernetes.io/automanaged"] = "true";
  Create(gone);
  Start();
  EXPECT_EQ(Read("v1.acme.io")["spec"]["service"]["name"], "api");
  EXPECT_FALSE(api::Member(Read("v1.acme.io"), "status").contains("conditions"));
  EXPECT_EQ(Read("v1.policy")["spec"]["service"]["name"], "api") << "it has no label of ours";
  EXPECT_TRUE(Read("v1.old.io").is_null()) << "its definition went while nobody looked";
}

TEST_F(ServedVersionsTest, OneThatGetsAServiceIsNotLocalAnyMore) {
  Start();
  Modify("v1.apps", [](Json& body) {
    body["spec"]["service"] = Json::parse(R"({"namespace": "default", "name": "api", "port": 443})");
    return true;
  });
  EXPECT_TRUE(Read("v1.apps")["status"]["conditions"].empty());
}

}  // namespace
}  // namespace ordinal::controllers::served_versions
