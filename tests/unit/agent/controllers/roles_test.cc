// Default roles made and mended, and roles that gather others' rules (agent/controllers/roles).
#include <gmock/gmock.h>

#include "agent/controllers/roles/controller.h"
#include "agent/controllers/roles/defaults.h"
#include "agent/controllers/roles/repair.h"
#include "agent/events/log_recorder.h"
#include "agent/objects/local/local_objects.h"
#include "agent/objects/read_your_writes.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::controllers::roles {
namespace {

using api::Json;
using testing::ElementsAre;

Json RoleDocument(const std::string& name, const char* rules, const char* label = nullptr) {
  Json body = {{"apiVersion", "rbac.authorization.k8s.io/v1"}, {"kind", "ClusterRole"}};
  body["metadata"]["name"] = name;
  if (label != nullptr) body["metadata"]["labels"][label] = "true";
  body["rules"] = Json::parse(rules);
  return body;
}

constexpr char kPods[] = R"([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}])";
constexpr char kMaps[] = R"([{"verbs": ["get"], "apiGroups": [""], "resources": ["configmaps"]}])";

class RolesTest : public testing::Test {
 protected:
  void Start() {
    caches_.Start(io_.get_executor());
    Spawn(io_.get_executor(), "roles", controller_.Run());
    RunReady(io_);
  }
  void MakeAll() { ASSERT_TRUE(RunTask(io_, MakeDefaults(io_.get_executor(), client_)).ok()); }
  Json Read(const char* kind, const std::string& name) {
    const auto found = RunTask(io_, client_.Get({kind, "", name}));
    return found.ok() ? found->body() : Json();
  }
  void Change(const char* kind, const std::string& name, std::function<void(Json&)> change) {
    auto edit = [change](Json& body) {
      change(body);
      return true;
    };
    ASSERT_TRUE(RunTask(io_, client_.Modify({kind, "", name}, edit)).ok());
    RunReady(io_);
  }
  void Put(Json body) {
    ASSERT_TRUE(RunTask(io_, client_.Create(std::move(body))).ok());
    RunReady(io_);
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  store::MemoryStore store_;
  objects::Caches caches_{store_, clock_};
  objects::ReadYourWrites written_{store_, caches_};
  objects::LocalObjects client_{written_, clock_, random_};
  events::LogRecorder recorder_;
  Controller controller_{Context{io_.get_executor(), clock_, client_, recorder_, random_, "n1"}, caches_};
};

TEST_F(RolesTest, DefaultsAreMadeOnceAndWhole) {
  MakeAll();
  for (const Json& wanted : DefaultRoles()) {
    const Json made = Read("ClusterRole", wanted["metadata"]["name"]);
    ASSERT_FALSE(made.is_null()) << wanted["metadata"]["name"];
    EXPECT_FALSE(made["rules"].empty()) << wanted["metadata"]["name"];
    EXPECT_EQ(made["metadata"]["labels"][kBootstrapping], "rbac-defaults");
    EXPECT_EQ(made["metadata"]["annotations"][kAutoUpdate], "true");
  }
  for (const Json& wanted : DefaultBindings()) {
    const Json made = Read("ClusterRoleBinding", wanted["metadata"]["name"]);
    EXPECT_EQ(made["subjects"], wanted["subjects"]);
    EXPECT_FALSE(Read("ClusterRole", made["roleRef"]["name"]).is_null()) << "a binding of no role";
  }
  const std::string revision = Read("ClusterRole", "admin")["metadata"]["resourceVersion"];
  MakeAll();
  Start();
  EXPECT_EQ(Read("ClusterRole", "admin")["metadata"]["resourceVersion"], revision)
      << "neither the next start nor the controller has anything to write";
}

TEST_F(RolesTest, WhatIsMissingIsPutBack) {
  MakeAll();
  Change("ClusterRole", "system:basic-user", [](Json& body) {
    body["rules"] = Json::parse(kPods);
    body["metadata"]["labels"].erase(kBootstrapping);
  });
  Change("ClusterRoleBinding", "system:discovery", [](Json& body) { body["subjects"] = Json::array(); });
  ASSERT_TRUE(RunTask(io_, client_.Delete({"ClusterRoleBinding", "", "cluster-admin"}, {})).ok());
  MakeAll();
  const Json role = Read("ClusterRole", "system:basic-user");
  EXPECT_EQ(role["rules"].size(), 4U) << role["rules"];
  EXPECT_EQ(role["rules"][0], Json::parse(kPods)[0]) << "what somebody added stays";
  EXPECT_EQ(role["metadata"]["labels"][kBootstrapping], "rbac-defaults");
  EXPECT_EQ(Read("ClusterRoleBinding", "system:discovery")["subjects"].size(), 1U);
  EXPECT_FALSE(Read("ClusterRoleBinding", "cluster-admin").is_null());
}

TEST_F(RolesTest, WhatIsFrozenStaysAsItIs) {
  MakeAll();
  Change("ClusterRoleBinding", "system:public-info-viewer", [](Json& body) {
    body["subjects"] = Json::array();
    body["metadata"]["annotations"][kAutoUpdate] = "false";
  });
  MakeAll();
  EXPECT_TRUE(Read("ClusterRoleBinding", "system:public-info-viewer")["subjects"].empty());
}

TEST_F(RolesTest, ABindingOfAnotherRoleIsMadeAnew) {
  Json other = DefaultBindings().front();
  other["roleRef"]["name"] = "other";
  Put(other);
  MakeAll();
  EXPECT_EQ(Read("ClusterRoleBinding", "cluster-admin")["roleRef"]["name"], "cluster-admin");
}

TEST_F(RolesTest, WhatFailedIsTriedUntilItIsDone) {
  Json other = DefaultBindings().front();
  other["roleRef"]["name"] = "other";
  other["metadata"]["finalizers"] = {"a.io/b"};
  Put(other);
  const Status lingers = RunTask(io_, MakeDefaults(io_.get_executor(), client_));
  ASSERT_FALSE(lingers.ok()) << "the old one is still there";
  EXPECT_FALSE(Read("ClusterRole", "cluster-admin").is_null()) << "the others are made all the same";
  bool done = false;
  const auto repeat = [](Task<void> repeated, bool& ended) -> Task<void> {
    co_await std::move(repeated);
    ended = true;
  };
  Spawn(io_.get_executor(), "defaults",
        repeat(RepeatDefaults(io_.get_executor(), clock_, client_, lingers.error()), done));
  RunReady(io_);
  for (int i = 0; i < 12; ++i) ASSERT_TRUE(clock_.AdvanceToNext());
  EXPECT_FALSE(done);
  Change("ClusterRoleBinding", "cluster-admin", [](Json& body) { body["metadata"].erase("finalizers"); });
  ASSERT_TRUE(clock_.AdvanceToNext());
  RunReady(io_);
  EXPECT_TRUE(done);
  EXPECT_EQ(Read("ClusterRoleBinding", "cluster-admin")["roleRef"]["name"], "cluster-admin");
}

TEST_F(RolesTest, AGatheringRoleHasWhatOthersHave) {
  Start();
  Json all = RoleDocument("all", "[]");
  all["aggregationRule"]["clusterRoleSelectors"] = Json::array({{{"matchLabels", {{"to-all", "true"}}}}});
  Put(all);
  Put(RoleDocument("b", kPods, "to-all"));
  Put(RoleDocument("a", kMaps, "to-all"));
  Put(RoleDocument("c", kMaps));
  Put(RoleDocument("d", kPods, "to-all"));
  Json both = Json::parse(kMaps);
  both.push_back(Json::parse(kPods)[0]);
  EXPECT_EQ(Read("ClusterRole", "all")["rules"], both) << "by name, each rule once";
  Change("ClusterRole", "all", [](Json& body) { body["rules"] = Json::array(); });
  EXPECT_EQ(Read("ClusterRole", "all")["rules"], both) << "whatever is written in it is replaced";
  Change("ClusterRole", "a", [](Json& body) { body["metadata"]["labels"].erase("to-all"); });
  EXPECT_EQ(Read("ClusterRole", "all")["rules"], Json::parse(kPods));
  for (const char* name : {"b", "d"}) {
    ASSERT_TRUE(RunTask(io_, client_.Delete({"ClusterRole", "", name}, {})).ok());
  }
  RunReady(io_);
  EXPECT_EQ(Read("ClusterRole", "all")["rules"], Json::array());
}

/// Each copied from the other they would go on for ever.
TEST_F(RolesTest, RolesThatGatherOneAnotherComeToRest) {
  Start();
  const auto gatherer = [](const char* name, const char* label, const char* gathers, const char* rules) {
    Json body = RoleDocument(name, rules, label);
    body["aggregationRule"]["clusterRoleSelectors"] = Json::array({{{"matchLabels", {{gathers, "true"}}}}});
    return body;
  };
  Put(gatherer("one", "c1", "c2", "[]"));
  Put(gatherer("two", "c2", "c3", kPods));
  Put(gatherer("three", "c3", "c1", kMaps));
  for (const char* name : {"one", "two", "three"}) EXPECT_EQ(Read("ClusterRole", name)["rules"], Json::array()) << name;
  Put(RoleDocument("source", kPods, "c2"));
  for (const char* name : {"one", "two", "three"}) {
    EXPECT_EQ(Read("ClusterRole", name)["rules"], Json::parse(kPods)) << name;
  }
}

TEST_F(RolesTest, GatheringGoesOnThroughGatheringRoles) {
  MakeAll();
  Start();
  Put(RoleDocument("things-viewer", R"([{"verbs": ["list"], "apiGroups": ["x.io"], "resources": ["things"]}])",
                   "rbac.authorization.k8s.io/aggregate-to-view"));
  for (const char* role : {"view", "edit", "admin"}) {
    const auto rules = Read("ClusterRole", role)["rules"].dump();
    EXPECT_THAT(rules, testing::HasSubstr("x.io")) << role;
  }
}

}  // namespace
}  // namespace ordinal::controllers::roles
