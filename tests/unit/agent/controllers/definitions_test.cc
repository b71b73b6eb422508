// CustomResourceDefinitions: names accepted and refused, kinds known at once, everything taken away before they go.
#include <gmock/gmock.h>

#include "agent/api/custom/publish.h"
#include "agent/controllers/definitions/controller.h"
#include "agent/controllers/definitions/plan.h"
#include "agent/controllers/ownership/controller.h"
#include "agent/controllers/quota/controller.h"
#include "agent/events/log_recorder.h"
#include "agent/objects/local/local_objects.h"
#include "agent/objects/read_your_writes.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/failing_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::controllers::definitions {
namespace {

using api::Json;

Json DefinitionOf(const std::string& plural, const std::string& kind) {
  Json body = Json::parse(R"({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
    "spec": {"group": "example.com", "scope": "Namespaced", "names": {},
      "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object",
        "x-kubernetes-preserve-unknown-fields": true}}}]}})");
  body["metadata"]["name"] = plural + ".example.com";
  body["spec"]["names"] = {{"plural", plural}, {"kind", kind}};
  return body;
}

Json ObjectNamed(const std::string& kind, const std::string& name) {
  return {{"apiVersion", "example.com/v1"}, {"kind", kind}, {"metadata", {{"name", name}, {"namespace", "default"}}}};
}

class DefinitionsTest : public testing::Test {
 protected:
  DefinitionsTest() {
    caches_.Start(io_.get_executor());
    Spawn(io_.get_executor(), "definitions", controller_.Run());
    Spawn(io_.get_executor(), "ownership", ownership_.Run());
    Spawn(io_.get_executor(), "quota", quota_.Run());
    RunReady(io_);
  }
  ~DefinitionsTest() override { api::PublishKinds({}, clock_.Steady()); }

  Result<objects::Written> Create(Json body) {
    auto made = RunTask(io_, client_.Create(std::move(body)));
    return made;
  }
  Json Read(const std::string& kind, const std::string& ns, const std::string& name) {
    const auto found = RunTask(io_, client_.Get({kind, ns, name}));
    return found.ok() ? found->body() : Json();
  }
  Json Definition(const std::string& plural) { return Read(kDefinitionKind, "", plural + ".example.com"); }
  std::string Condition(const std::string& plural, const std::string& type) {
    const Json body = Definition(plural);
    for (const Json& each : api::Member(api::Member(body, "status"), "conditions")) {
      if (each["type"] == type) return each["status"].get<std::string>() + " " + each["reason"].get<std::string>();
    }
    return "";
  }
  void Remove(const std::string& kind, const std::string& ns, const std::string& name) {
    EXPECT_TRUE(RunTask(io_, client_.Remove({kind, ns, name}, {})).ok());
    RunReady(io_);
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  store::MemoryStore store_;
  fakes::FailingStore failing_{store_};
  objects::Caches caches_{failing_, clock_};
  objects::ReadYourWrites written_{store_, caches_};
  objects::LocalObjects client_{written_, clock_, random_};
  events::LogRecorder recorder_;
  Context context_{io_.get_executor(), clock_, client_, recorder_, random_, "node"};
  ownership::Controller ownership_{context_, caches_};
  quota::Controller quota_{context_, caches_};
  Controller controller_{context_, caches_};
};

TEST_F(DefinitionsTest, KindsAreKnownWhenTheDefinitionIsWritten) {
  EXPECT_FALSE(Create(ObjectNamed("Widget", "a")).ok());
  ASSERT_TRUE(Create(DefinitionOf("widgets", "Widget")).ok());
  EXPECT_TRUE(Create(ObjectNamed("Widget", "a")).ok());  // before anything else has run
  RunReady(io_);
  EXPECT_EQ(Condition("widgets", "NamesAccepted"), "True NoConflicts");
  EXPECT_EQ(Condition("widgets", "Established"), "True InitialNamesAccepted");
  const Json status = Definition("widgets")["status"];
  EXPECT_EQ(status["acceptedNames"]["listKind"], "WidgetList");
  EXPECT_EQ(status["storedVersions"], Json({"v1"}));
  EXPECT_EQ(Definition("widgets")["metadata"]["generation"], 1);
}

TEST_F(DefinitionsTest, NamesThatAreTakenAreNotServed) {
  ASSERT_TRUE(Create(DefinitionOf("widgets", "Widget")).ok());
  RunReady(io_);
  ASSERT_TRUE(Create(DefinitionOf("gadgets", "Widget")).ok());
  RunReady(io_);
  EXPECT_EQ(Condition("gadgets", "NamesAccepted"), "False ListKindConflict");
  EXPECT_EQ(Condition("gadgets", "Established"), "False NotAccepted");
  EXPECT_EQ(api::FindResource("gadgets"), nullptr);
  Remove(kDefinitionKind, "", "widgets.example.com");
  EXPECT_EQ(Condition("gadgets", "Established"), "True InitialNamesAccepted");
  EXPECT_NE(api::FindResource("gadgets"), nullptr);
}

TEST_F(DefinitionsTest, ObjectsGoBeforeTheirDefinition) {
  ASSERT_TRUE(Create(DefinitionOf("widgets", "Widget")).ok());
  ASSERT_TRUE(Create(ObjectNamed("Widget", "a")).ok());
  Json held = ObjectNamed("Widget", "held");
  held["metadata"]["finalizers"] = {"example.com/hold"};
  ASSERT_TRUE(Create(held).ok());
  RunReady(io_);
  Remove(kDefinitionKind, "", "widgets.example.com");
  EXPECT_EQ(Condition("widgets", "Terminating"), "True InstanceDeletionInProgress");
  EXPECT_TRUE(Read("Widget.example.com", "default", "a").is_null());
  EXPECT_TRUE(api::FindKind("Widget.example.com")->custom->ending());
  auto free = [](Json& body) {
    body["metadata"].erase("finalizers");
    return true;
  };
  ASSERT_TRUE(RunTask(io_, client_.Modify({"Widget.example.com", "default", "held"}, free)).ok());
  clock_.Advance(std::chrono::seconds(2));
  RunReady(io_);
  EXPECT_TRUE(Definition("widgets").is_null());
  EXPECT_EQ(api::FindKind("Widget.example.com"), nullptr);
}

TEST_F(DefinitionsTest, ObjectsGoWithADefinitionThatNeverHadAStatus) {
  ASSERT_TRUE(Create(DefinitionOf("widgets", "Widget")).ok());
  ASSERT_TRUE(Create(ObjectNamed("Widget", "a")).ok());
  Json going = Definition("widgets");
  going["status"] = Json::parse(R"({"acceptedNames": {"kind": "", "plural": ""}})");
  going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
  ASSERT_TRUE(RunTask(io_, store_.Update(api::Object(going))).ok());
  RunReady(io_);
  clock_.Advance(std::chrono::seconds(2));
  RunReady(io_);
  EXPECT_TRUE(Definition("widgets").is_null());
  EXPECT_TRUE(RunTask(io_, store_.List("Widget.example.com", {}))->items.empty());
}

TEST_F(DefinitionsTest, OwnersWaitUntilEveryKindIsKnown) {
  failing_.Fail(fakes::FailingStore::Call::kList, MakeError(ErrorCode::kUnavailable, "not now"));
  ASSERT_TRUE(Create(DefinitionOf("widgets", "Widget")).ok());
  RunReady(io_);
  const auto owner =
      Create({{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "m"}, {"namespace", "default"}}}});
  ASSERT_TRUE(owner.ok());
  Json widget = ObjectNamed("Widget", "a");
  widget["metadata"]["ownerReferences"] = Json::array({api::ControllerReference(owner->object).ToJson()});
  ASSERT_TRUE(Create(widget).ok());
  objects::DeleteOptions orphan;
  orphan.propagation = objects::Propagation::kOrphan;
  EXPECT_TRUE(RunTask(io_, client_.Remove({"ConfigMap", "default", "m"}, orphan)).ok());
  RunReady(io_);
  EXPECT_FALSE(Read("ConfigMap", "default", "m").is_null());
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(std::chrono::seconds(1));
    RunReady(io_);
  }
  EXPECT_TRUE(Read("ConfigMap", "default", "m").is_null());
  EXPECT_FALSE(Read("Widget.example.com", "default", "a")["metadata"].contains("ownerReferences"));
}

TEST(DefinitionPlan, ServesTheFirstOfAGroupAndAllOfOthers) {
  std::vector<Json> all;
  for (const char* plural : {"as", "bs", "cs"}) all.push_back(DefinitionOf(plural, "Thing"));
  for (size_t i = 0; i < all.size(); ++i) {
    all[i]["spec"]["names"]["listKind"] = "ThingList";
    all[i]["spec"]["names"]["singular"] = all[i]["metadata"]["name"];
    all[i]["metadata"]["creationTimestamp"] = "2026-01-01T00:00:0" + std::to_string(9 - i) + "Z";
  }
  all[0]["spec"]["group"] = "other.com";
  std::vector<std::string> served;
  for (const Served& each : PlanServed({&all[0], &all[1], &all[2]}, {})) {
    served.push_back((*each.definition)["metadata"]["name"]);
  }
  EXPECT_THAT(served, testing::ElementsAre("as.example.com", "cs.example.com"));
}

TEST_F(DefinitionsTest, WhatCustomObjectsOwnGoesWithThem) {
  ASSERT_TRUE(Create(DefinitionOf("widgets", "Widget")).ok());
  const auto owner = Create(ObjectNamed("Widget", "a"));
  ASSERT_TRUE(owner.ok());
  RunReady(io_);
  Json map = {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "m"}, {"namespace", "default"}}}};
  map["metadata"]["ownerReferences"] = Json::array({api::ControllerReference(owner->object).ToJson()});
  ASSERT_TRUE(Create(map).ok());
  RunReady(io_);
  EXPECT_FALSE(Read("ConfigMap", "default", "m").is_null());
  Remove("Widget.example.com", "default", "a");
  EXPECT_TRUE(Read("ConfigMap", "default", "m").is_null());
}

TEST_F(DefinitionsTest, QuotasCountCustomObjectsAndForgetThem) {
  Json quota = Json::parse(R"({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q",
    "namespace": "default"}, "spec": {"hard": {"count/widgets.example.com": "5"}}})");
  ASSERT_TRUE(Create(quota).ok());
  ASSERT_TRUE(Create(DefinitionOf("widgets", "Widget")).ok());
  ASSERT_TRUE(Create(ObjectNamed("Widget", "a")).ok());
  const auto used = [this] {
    clock_.Advance(std::chrono::seconds(2));
    RunReady(io_);
    return Read("ResourceQuota", "default", "q")["status"]["used"]["count/widgets.example.com"];
  };
  EXPECT_EQ(used(), "1");
  Remove(kDefinitionKind, "", "widgets.example.com");
  EXPECT_EQ(used(), "0");
}

TEST(DefinitionPlan, NamesTheRulesThatNobodyEvaluates) {
  Json body = DefinitionOf("widgets", "Widget");
  body["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["x-kubernetes-validations"] =
      Json::parse(R"([{"rule": "self.a == 1"}])");
  const Json status = NextStatus(body, {}, IgnoredRules(body), {});
  const Json& last = status["conditions"].back();
  EXPECT_EQ(last["type"], "ValidationRulesIgnored");
  EXPECT_THAT(last["message"].get<std::string>(), testing::HasSubstr("self.a == 1"));
}

TEST(DefinitionPlan, KeepsTheVersionsThatWereStored) {
  Json body = DefinitionOf("widgets", "Widget");
  body["status"]["storedVersions"] = {"v1beta1"};
  EXPECT_EQ(NextStatus(body, {}, "", {})["storedVersions"], Json({"v1beta1", "v1"}));
}

}  // namespace
}  // namespace ordinal::controllers::definitions
