// A role that was written counts for the next request: what is stored is in the authoriser when the write returns.
#include "agent/apiserver/auth/follow_roles.h"

#include <gtest/gtest.h>

#include "agent/objects/local/local_objects.h"
#include "agent/objects/read_your_writes.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"
#include "tests/unit/agent/apiserver/auth/policies.h"

namespace ordinal::apiserver::auth {
namespace {

using api::Json;

class FollowRolesTest : public testing::Test {
 protected:
  FollowRolesTest() {
    FollowRoles(caches_, access_);
    Write(Json::parse(R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}})"));
  }
  void Start() {
    caches_.Start(io_.get_executor());
    RunReady(io_);
  }
  void Write(Json body) { ASSERT_TRUE(RunTask(io_, client_.Create(std::move(body))).ok()); }
  void Remove(const char* kind, const char* name) {
    ASSERT_TRUE(RunTask(io_, client_.Delete({kind, "a", name}, {})).ok());
  }
  static Json Document(const char* kind, const char* name, const char* members) {
    Json body = {{"apiVersion", "rbac.authorization.k8s.io/v1"}, {"kind", kind}};
    body["metadata"] = {{"name", name}, {"namespace", "a"}};
    body.update(Json::parse(members));
    return body;
  }
  void WriteBoth() {
    Write(Document("Role", "reader",
                   R"({"rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["configmaps"]}]})"));
    Write(Document("RoleBinding", "readers", R"({"roleRef": {"kind": "Role", "name": "reader"},
                                                 "subjects": [{"kind": "ServiceAccount", "name": "app"}]})"));
  }
  bool May() const {
    return access_.Allows(UserOf("system:serviceaccount:a:app"), {"get", "", "configmaps", "", "a", "x", ""});
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  store::MemoryStore store_;
  objects::Caches caches_{store_, clock_};
  objects::ReadYourWrites written_{store_, caches_};
  objects::LocalObjects client_{written_, clock_, random_};
  Authorizer access_;
};

TEST_F(FollowRolesTest, WhatWasStoredBeforeCountsOnceItIsRead) {
  WriteBoth();
  EXPECT_FALSE(May());
  Start();
  EXPECT_TRUE(May());
}

TEST_F(FollowRolesTest, SaysWhenAllOfThemAreRead) {
  objects::Caches roles{store_, clock_};
  Authorizer access;
  FollowRoles(roles, access);
  bool read = false;
  const auto wait = [](objects::Caches& caches, bool& done) -> Task<void> {
    co_await AwaitRoles(caches);
    done = true;
  };
  Spawn(io_.get_executor(), "roles", wait(roles, read));
  RunReady(io_);
  EXPECT_FALSE(read);
  roles.Start(io_.get_executor());
  RunReady(io_);
  EXPECT_TRUE(read);
}

TEST_F(FollowRolesTest, AWriteThatReturnedCounts) {
  Start();
  WriteBoth();
  EXPECT_TRUE(May());
  auto none = [](Json& body) {
    body["rules"] = Json::array();
    return true;
  };
  ASSERT_TRUE(RunTask(io_, client_.Modify({"Role", "a", "reader"}, none)).ok());
  EXPECT_FALSE(May());
}

TEST_F(FollowRolesTest, ADeletionThatReturnedCounts) {
  Start();
  WriteBoth();
  Remove("RoleBinding", "readers");
  EXPECT_FALSE(May());
  Write(Document("RoleBinding", "readers", R"({"roleRef": {"kind": "Role", "name": "reader"},
                                               "subjects": [{"kind": "ServiceAccount", "name": "app"}]})"));
  EXPECT_TRUE(May());
  Remove("Role", "reader");
  EXPECT_FALSE(May());
}

}  // namespace
}  // namespace ordinal::apiserver::auth
