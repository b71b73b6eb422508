// What namespaces are given and how they go (agent/controllers/namespaces).
#include <gmock/gmock.h>

#include "agent/controllers/namespaces/controller.h"
#include "agent/controllers/namespaces/default_objects.h"
#include "agent/events/log_recorder.h"
#include "agent/objects/local/local_objects.h"
#include "agent/objects/read_your_writes.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::controllers::namespaces {
namespace {

using api::Json;
using testing::ElementsAre;
using testing::IsEmpty;

/// A store in which somebody makes ConfigMap db/again whenever the ConfigMaps of the namespace are listed.
class RefilledStore final : public store::ObjectStore {
 public:
  int refilled = 0, refill_below = 0;  ///< how often it was made, and how often at most
  int looked = 0;                      ///< how often the ConfigMaps of db were listed

  Task<Result<api::Object>> Create(api::Object object) override { return memory_.Create(std::move(object)); }
  Task<Result<api::Object>> Update(api::Object object) override { return memory_.Update(std::move(object)); }
  Task<Result<api::Object>> Delete(api::ObjectKey key, store::Preconditions preconditions) override {
    return memory_.Delete(std::move(key), std::move(preconditions));
  }
  Task<Result<api::Object>> Get(api::ObjectKey key) override { return memory_.Get(std::move(key)); }
  Task<Result<store::ListResult>> List(std::string kind, store::ListOptions options) override {
    const bool looks = kind == "ConfigMap" && options.ns == "db";
    if (looks) ++looked;
    if (looks && refilled < refill_below) {
      Json body = {{"apiVersion", "v1"}, {"kind", "ConfigMap"}};
      body["metadata"] = Json{{"name", "again"}, {"namespace", "db"}, {"uid", std::to_string(++refilled)}};
      api::Object again(std::move(body));
      [[maybe_unused]] const auto made = co_await memory_.Create(std::move(again));
    }
    co_return co_await memory_.List(std::move(kind), std::move(options));
  }
  Task<Result<std::unique_ptr<store::Watch>>> StartWatch(std::string kind, store::ListOptions options,
                                                         uint64_t revision) override {
    return memory_.StartWatch(std::move(kind), std::move(options), revision);
  }

 private:
  store::MemoryStore memory_;
};

class NamespacesTest : public testing::Test {
 protected:
  void Start(const std::string& root_ca = "PEM") {
    root_ca_ = root_ca;
    caches_.Start(io_.get_executor());
    Spawn(io_.get_executor(), "namespaces", controller_.Run());
    Spawn(io_.get_executor(), "defaults", defaults_.Run());
    RunReady(io_);
  }

  void Create(const char* kind, const std::string& ns, const std::string& name, Json more = Json::object()) {
    Json body = {{"apiVersion", "v1"}, {"kind", kind}};
    body["metadata"] = Json{{"name", name}};
    if (!ns.empty()) body["metadata"]["namespace"] = ns;
    body.merge_patch(more);
    const auto created = RunTask(io_, client_.Create(std::move(body)));
    ASSERT_TRUE(created.ok()) << created.error().message;
    RunReady(io_);
  }
  void Delete(const char* kind, const std::string& ns, const std::string& name) {
    const auto deleted = RunTask(io_, client_.Delete({kind, ns, name}, {}));
    ASSERT_TRUE(deleted.ok()) << deleted.error().message;
    RunReady(io_);
  }
  /// "namespace/name" of each.
  std::vector<std::string> All(const char* kind) {
    std::vector<std::string> all;
    const auto listed = RunTask(io_, store_.List(kind, {}));
    for (const api::Object& object : listed.value().items) {
      all.push_back(object.ns().empty() ? object.name() : object.ns() + "/" + object.name());
    }
    return all;
  }
  Json Data(const std::string& ns) {
    const auto map = RunTask(io_, store_.Get({"ConfigMap", ns, kRootCaMap}));
    return map.ok() ? map->body()["data"] : Json();
  }

  /// "Type Status Reason: message" of each condition.
  std::vector<std::string> Said(const std::string& ns) {
    std::vector<std::string> said;
    const auto found = RunTask(io_, store_.Get({"Namespace", "", ns}));
    const auto word = [](const Json& condition, const char* member) { return condition[member].get<std::string>(); };
    for (const Json& condition : api::Member(found.value().body()["status"], "conditions")) {
      said.push_back(word(condition, "type") + " " + word(condition, "status") + " " + word(condition, "reason") +
                     ": " + word(condition, "message"));
    }
    return said;
  }
  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SystemRandom random_;
  RefilledStore store_;
  objects::Caches caches_{store_, clock_};
  objects::ReadYourWrites written_{store_, caches_};
  objects::LocalObjects client_{written_, clock_, random_};
  events::LogRecorder recorder_;
  Context context_{io_.get_executor(), clock_, client_, recorder_, random_, "node-a"};
  Controller controller_{context_, caches_};
  std::string root_ca_;
  DefaultObjects defaults_{context_, caches_, [this] { return root_ca_; }};
};

TEST_F(NamespacesTest, EachHasItsAccountAndTheRootCa) {
  Create("Namespace", "", "before");
  Start();
  Create("Namespace", "", "after");
  EXPECT_THAT(All("ServiceAccount"), ElementsAre("after/default", "before/default"));
  EXPECT_THAT(All("ConfigMap"), ElementsAre("after/kube-root-ca.crt", "before/kube-root-ca.crt"));
  EXPECT_EQ(Data("after"), Json({{"ca.crt", "PEM"}}));
}

TEST_F(NamespacesTest, WhatWasTakenOrChangedComesBack) {
  Create("Namespace", "", "db");
  Create("ConfigMap", "db", kRootCaMap, {{"data", {{"ca.crt", "of an earlier agent"}}}});
  Start();
  EXPECT_EQ(Data("db"), Json({{"ca.crt", "PEM"}}));
  Delete("ServiceAccount", "db", "default");
  Delete("ConfigMap", "db", kRootCaMap);
  EXPECT_THAT(All("ServiceAccount"), ElementsAre("db/default"));
  EXPECT_EQ(Data("db"), Json({{"ca.crt", "PEM"}}));
}

TEST_F(NamespacesTest, NothingIsWrittenTwice) {
  Create("Namespace", "", "db");
  Start();
  const uint64_t revision = RunTask(io_, store_.List("Namespace", {})).value().revision;
  clock_.Advance(std::chrono::minutes(10));
  RunReady(io_);
  EXPECT_EQ(RunTask(io_, store_.List("Namespace", {})).value().revision, revision);
}

TEST_F(NamespacesTest, WithoutCertificateThereIsNoMap) {
  Create("Namespace", "", "db");
  Start("");
  EXPECT_THAT(All("ServiceAccount"), ElementsAre("db/default"));
  EXPECT_THAT(All("ConfigMap"), IsEmpty());
}

TEST_F(NamespacesTest, ItGoesAtOnceWithWhatItHolds) {
  Start();
  Create("Namespace", "", "db");
  Create("ConfigMap", "db", "settings");
  Delete("Namespace", "", "db");
  EXPECT_THAT(All("Namespace"), IsEmpty());
  EXPECT_THAT(All("ServiceAccount"), IsEmpty());
  EXPECT_THAT(All("ConfigMap"), IsEmpty());
}

TEST_F(NamespacesTest, ItWaitsForWhatIsStillEnding) {
  Start();
  Create("Namespace", "", "db");
  Create("ConfigMap", "db", "held", {{"metadata", {{"finalizers", {"example.com/hold"}}}}});
  Delete("Namespace", "", "db");
  EXPECT_THAT(All("Namespace"), ElementsAre("db"));
  EXPECT_THAT(All("ConfigMap"), ElementsAre("db/held"));
  std::function<bool(Json&)> let_go = [](Json& body) { return body["metadata"].erase("finalizers") > 0; };
  ASSERT_TRUE(RunTask(io_, client_.Modify({"ConfigMap", "db", "held"}, let_go)).ok());
  clock_.Advance(std::chrono::seconds(2));
  RunReady(io_);
  EXPECT_THAT(All("Namespace"), IsEmpty());
  EXPECT_THAT(All("ConfigMap"), IsEmpty());
}

TEST_F(NamespacesTest, PodsGoFirst) {
  // Given a pod that is held, and what it lives by
  Start();
  Create("Namespace", "", "db");
  Create("ConfigMap", "db", "settings");
  Create("Pod", "db", "last", Json::parse(R"({"metadata":{"finalizers":["example.com/hold"]},
      "spec":{"containers":[{"name":"c","image":"i:1"}]}})"));
  // When the namespace is deleted, then everything but pods waits, however often it is looked at
  Delete("Namespace", "", "db");
  clock_.Advance(std::chrono::seconds(10));
  RunReady(io_);
  EXPECT_THAT(All("Pod"), ElementsAre("db/last"));
  EXPECT_THAT(All("ConfigMap"), ElementsAre("db/kube-root-ca.crt", "db/settings"));
  EXPECT_THAT(All("ServiceAccount"), ElementsAre("db/default"));
  EXPECT_THAT(Said("db").at(3), testing::HasSubstr("Some resources are remaining: pods. has 1 resource instances"));
  // When the last one is gone, then it goes
  std::function<bool(Json&)> let_go = [](Json& body) { return body["metadata"].erase("finalizers") > 0; };
  ASSERT_TRUE(RunTask(io_, client_.Modify({"Pod", "db", "last"}, let_go)).ok());
  clock_.Advance(std::chrono::seconds(1));  // its end brings the next look
  RunReady(io_);
  EXPECT_THAT(All("Namespace"), IsEmpty());
  EXPECT_THAT(All("ConfigMap"), IsEmpty());
}

TEST_F(NamespacesTest, ItIsLookedAtMoreAndMoreSeldomWhileTheSameIsLeft) {
  Start();
  Create("Namespace", "", "db");
  Create("ConfigMap", "db", "held", {{"metadata", {{"finalizers", {"example.com/hold"}}}}});
  Delete("Namespace", "", "db");
  EXPECT_EQ(store_.looked, 1);  // what the look wrote brings no other one
  const std::pair<int, int> after_seconds[] = {{1, 1}, {2, 2}, {4, 3}, {8, 4}, {16, 5}, {31, 6}, {46, 7}};
  int second = 0;
  for (const auto& [until, looks] : after_seconds) {
    for (; second < until; ++second) {
      EXPECT_EQ(store_.looked, looks) << second;
      clock_.Advance(std::chrono::seconds(1));
      RunReady(io_);
    }
  }
}

TEST_F(NamespacesTest, ItStaysEmptyWhileSomebodyElseHoldsIt) {
  Start();
  Create("Namespace", "", "db", {{"spec", {{"finalizers", {"example.com/hold"}}}}});
  Create("ConfigMap", "db", "settings");
  Delete("Namespace", "", "db");
  EXPECT_THAT(All("ConfigMap"), IsEmpty());
  const auto held = RunTask(io_, store_.Get({"Namespace", "", "db"}));
  ASSERT_TRUE(held.ok()) << "kubernetes came beside the other one, and is gone";
  EXPECT_EQ(held->body()["spec"]["finalizers"], Json({"example.com/hold"}));
  std::function<bool(Json&)> let_go = [](Json& body) {
    body["spec"]["finalizers"] = Json::array();
    return true;
  };
  ASSERT_TRUE(RunTask(io_, client_.Modify({"Namespace", "", "db"}, let_go)).ok());
  RunReady(io_);
  EXPECT_THAT(All("Namespace"), IsEmpty());
}

TEST_F(NamespacesTest, WhatEveryClientTakesToBeThereStays) {
  Start();
  for (const char* name : {"default", "kube-system", "kube-public"}) {
    Create("Namespace", "", name);
    const auto deleted = RunTask(io_, client_.Delete({"Namespace", "", name}, {}));
    ASSERT_FALSE(deleted.ok()) << name;
    EXPECT_EQ(deleted.error().message,
              "namespaces \"" + std::string(name) + "\" is forbidden: this namespace may not be deleted");
  }
  Create("Namespace", "", "kube-node-lease");
  Delete("Namespace", "", "kube-node-lease");
  EXPECT_THAT(All("Namespace"), ElementsAre("default", "kube-public", "kube-system"));
}

TEST(NamespaceContents, OfManyFailuresTheFirstAreNamed) {
  Contents contents;
  for (int i = 1; i <= 12; ++i) contents.Failed("why" + std::to_string(i));
  Json conditions;
  SayContents(contents, WallTime(), conditions);
  EXPECT_THAT(conditions.dump(), testing::HasSubstr("12 remaining: why1, why2, "));
  EXPECT_THAT(conditions.dump(), testing::HasSubstr("why10, …"));
}

TEST_F(NamespacesTest, ItSaysWhatIsLeftAndWhatHoldsIt) {
  Start();
  Create("Namespace", "", "db");
  Create("ConfigMap", "db", "a", {{"metadata", {{"finalizers", {"example.com/hold"}}}}});
  Create("ConfigMap", "db", "b", {{"metadata", {{"finalizers", {"example.com/hold", "example.com/too"}}}}});
  Delete("Namespace", "", "db");
  EXPECT_EQ(Said("db"), (std::vector<std::string>{
                            "NamespaceDeletionDiscoveryFailure False ResourcesDiscovered: All resources successfully "
                            "discovered",
                            "NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions: All legacy kube "
                            "types successfully parsed",
                            "NamespaceDeletionContentFailure False ContentDeleted: All content successfully deleted, "
                            "may be waiting on finalization",
                            "NamespaceContentRemaining True SomeResourcesRemain: Some resources are remaining: "
                            "configmaps. has 2 resource instances",
                            "NamespaceFinalizersRemaining True SomeFinalizersRemain: Some content in the namespace has "
                            "finalizers remaining: example.com/hold in 2 resource instances, example.com/too in 1 "
                            "resource instances"}));
  // While nothing changes nothing is written
  const auto revision = [&] { return RunTask(io_, store_.List("Namespace", {})).value().items.at(0).revision(); };
  const uint64_t before = revision();
  clock_.Advance(std::chrono::minutes(1));
  RunReady(io_);
  EXPECT_EQ(revision(), before);
}

TEST_F(NamespacesTest, WhoGoesOnMakingThingsDoesNotKeepItLooking) {
  // Given somebody who makes a thing again before every look
  Start();
  Create("Namespace", "", "db");
  store_.refill_below = 500;
  // when the namespace is deleted, then two looks are made, and two more each second or more seldom
  Delete("Namespace", "", "db");
  EXPECT_LE(store_.refilled, 6);
  EXPECT_THAT(All("Namespace"), ElementsAre("db"));
  EXPECT_THAT(Said("db").at(3), testing::HasSubstr("configmaps. has 1 resource instances"));
  clock_.Advance(std::chrono::seconds(10));
  RunReady(io_);
  EXPECT_LE(store_.refilled, 50);
  // When he stops, then it goes
  store_.refill_below = 0;
  clock_.Advance(std::chrono::seconds(15));
  RunReady(io_);
  EXPECT_THAT(All("Namespace"), IsEmpty());
  EXPECT_THAT(All("ConfigMap"), IsEmpty());
}

}  // namespace
}  // namespace ordinal::controllers::namespaces
