#include "agent/objects/local/local_objects.h"

#include <gmock/gmock.h>

#include "agent/store/memory/memory_store.h"
#include "tests/fakes/failing_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::objects {
namespace {

using store::MemoryStore;

using fakes::FailingStore;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Json PodBody(const std::string& name, const std::string& node = "") {
  Json body = {{"apiVersion", "v1"}, {"kind", "Pod"}};
  body["metadata"] = {{"name", name}};
  body["spec"]["containers"] = Json::array({{{"name", "c"}, {"image", "i:1"}}});
  if (!node.empty()) body["spec"]["nodeName"] = node;
  return body;
}

Json ClaimBody(const std::string& name) {
  Json body = {{"apiVersion", "v1"}, {"kind", "PersistentVolumeClaim"}};
  body["metadata"] = {{"name", name}};
  body["spec"]["accessModes"] = {"ReadWriteOnce"};
  body["spec"]["resources"]["requests"]["storage"] = "1Gi";
  return body;
}

Json VolumeBody(const std::string& name) {
  Json body = {{"apiVersion", "v1"}, {"kind", "PersistentVolume"}};
  body["metadata"] = {{"name", name}};
  body["spec"] = {{"accessModes", {"ReadWriteOnce"}}, {"capacity", {{"storage", "1Mi"}}}};
  body["spec"]["hostPath"] = {{"path", "/a"}};
  return body;
}

Json SetBody(const std::string& name) {
  Json body = {{"apiVersion", "apps/v1"}, {"kind", "StatefulSet"}};
  body["metadata"] = {{"name", name}};
  body["spec"]["serviceName"] = "x";
  body["spec"]["selector"]["matchLabels"] = {{"a", "b"}};
  body["spec"]["template"]["metadata"]["labels"] = {{"a", "b"}};
  body["spec"]["template"]["spec"]["containers"] = Json::array({{{"name", "c"}, {"image", "i:1"}}});
  return body;
}

class LocalObjectsTest : public testing::Test {
 protected:
  template <class T>
  T Run(Task<T> task) {
    return RunTask(io_, std::move(task));
  }

  Object Create(Json body) { return Run(client_.Create(std::move(body))).value().object; }
  Result<Object> Delete(const Object& object, std::optional<int64_t> grace = std::nullopt) {
    return Run(client_.Delete(object.key(), DeleteOptions{grace, Preconditions()}));
  }
  bool Exists(const Object& object) { return Run(memory_.Get(object.key())).ok(); }
  Object SetPhase(const Object& object, const std::string& phase) {
    return Run(client_.UpdateStatus(object.key(), object.uid(), {{"phase", phase}})).value();
  }

  asio::io_context io_;
  fakes::FakeClock clock_{io_};  // stands at 2026-01-01T00:00:00Z
  SeededRandom random_{1};
  MemoryStore memory_;
  FailingStore store_{memory_};
  LocalObjects client_{store_, clock_, random_};
};

TEST_F(LocalObjectsTest, ANewObjectGetsWhatOnlyTheSystemMaySet) {
  Json body = PodBody("a");
  body["metadata"]["uid"] = "chosen";
  body["metadata"]["creationTimestamp"] = "1999-01-01T00:00:00Z";
  body["metadata"]["deletionTimestamp"] = "1999-01-01T00:00:00Z";
  body["metadata"]["deletionGracePeriodSeconds"] = 3;
  body["status"] = {{"phase", "Running"}};
  const Json created = Create(body).body();
  const Json& metadata = created["metadata"];
  EXPECT_EQ(metadata["uid"].get<std::string>().size(), 36U);
  EXPECT_EQ(metadata["creationTimestamp"], "2026-01-01T00:00:00Z");
  EXPECT_EQ(metadata["namespace"], "default");
  EXPECT_FALSE(metadata.contains("deletionTimestamp") || metadata.contains("deletionGracePeriodSeconds"));
  EXPECT_EQ(created["status"], Json({{"phase", "Pending"}, {"qosClass", "BestEffort"}}));
  EXPECT_EQ(created["spec"]["restartPolicy"], "Always");  // defaults are filled in
}

TEST_F(LocalObjectsTest, FirstStatusGenerationAndFinalizersAreTheKinds) {
  // Recorded: golden/04-api/defaults.
  struct Case {
    Json body;
    Json status, generation, finalizers;
  };
  const std::vector<Case> cases = {
      {PodBody("p"), Json::parse(R"({"phase":"Pending","qosClass":"BestEffort"})"), 1, nullptr},  // since 1.34
      {ClaimBody("c"), Json::parse(R"({"phase":"Pending"})"), nullptr, {"kubernetes.io/pvc-protection"}},
      {VolumeBody("v"),
       Json::parse(R"({"phase":"Pending","lastPhaseTransitionTime":"2026-01-01T00:00:00Z"})"),
       nullptr,
       {"kubernetes.io/pv-protection"}},
      {SetBody("s"), Json::parse(R"({"replicas":0,"availableReplicas":0})"), 1, nullptr},
  };
  for (const Case& c : cases) {
    const Json created = Create(c.body).body();
    EXPECT_EQ(created["status"], c.status) << created["kind"];
    EXPECT_EQ(created["metadata"].value("generation", Json()), c.generation) << created["kind"];
    EXPECT_EQ(created["metadata"].value("finalizers", Json()), c.finalizers) << created["kind"];
  }
}

TEST_F(LocalObjectsTest, FaultsComeAllAtOnceOneALine) {
  Json body = PodBody("Bad_Name");
  body["spec"]["containers"] = Json::array();
  const auto created = Run(client_.Create(body));
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(created.error().message, HasSubstr("\nmetadata.name: "));
  EXPECT_THAT(created.error().message, HasSubstr("\nspec.containers: "));
}

TEST_F(LocalObjectsTest, GeneratedNamesAreTriedUntilOneIsFree) {
  Json body = PodBody("");
  body["metadata"] = {{"generateName", "web-"}};
  const Object first = Create(body);
  EXPECT_THAT(first.name(), testing::MatchesRegex("web-[bcdfghjklmnpqrstvwxz2456789]{5}"));
  store_.Fail(FailingStore::Call::kCreate, MakeError(ErrorCode::kAlreadyExists, "taken"), 3);
  EXPECT_NE(Create(body).name(), first.name());
  store_.Fail(FailingStore::Call::kCreate, MakeError(ErrorCode::kAlreadyExists, "taken"), 8);
  EXPECT_EQ(Run(client_.Create(body)).error().code, ErrorCode::kAlreadyExists);
}

TEST_F(LocalObjectsTest, CreatingWithARevisionOrTwiceIsRefused) {
  Json body = PodBody("a");
  body["metadata"]["resourceVersion"] = "5";
  EXPECT_EQ(Run(client_.Create(body)).error().code, ErrorCode::kInvalid);
  Create(PodBody("a"));
  EXPECT_EQ(Run(client_.Create(PodBody("a"))).error().code, ErrorCode::kAlreadyExists);
}

TEST_F(LocalObjectsTest, UpdateKeepsStatusAndIdentityAndCountsGenerations) {
  const Object created = Create(SetBody("s"));
  ASSERT_TRUE(Run(client_.UpdateStatus(created.key(), created.uid(), {{"replicas", 1}})).ok());
  struct Case {
    const char* what;
    std::function<void(Json&)> change;
    int generation;
  };
  const std::vector<Case> cases = {
      {"nothing", [](Json&) {}, 1},
      {"labels", [](Json& body) { body["metadata"]["labels"]["x"] = "y"; }, 1},
      {"replicas", [](Json& body) { body["spec"]["replicas"] = 5; }, 2},
      {"status",
       [](Json& body) {
         body["status"] = {{"replicas", 77}};
       },
       3},  // replicas is back at its default
  };
  for (const Case& c : cases) {
    Json body = SetBody("s");
    c.change(body);
    const Json updated = Run(client_.Update(body)).value().object.body();
    EXPECT_EQ(updated["metadata"]["generation"], c.generation) << c.what;
    EXPECT_EQ(updated["status"], Json({{"replicas", 1}})) << c.what;
    EXPECT_EQ(updated["metadata"]["uid"], created.uid()) << c.what;
    EXPECT_EQ(updated["metadata"]["creationTimestamp"], "2026-01-01T00:00:00Z") << c.what;
  }
}

TEST_F(LocalObjectsTest, UpdateRefusesWhatIsNotTheObjectItNames) {
  const Object created = Create(PodBody("a"));
  Json old_revision = created.body();
  old_revision["metadata"]["resourceVersion"] = std::to_string(created.revision() + 1);
  Json other_uid = PodBody("a");
  other_uid["metadata"]["uid"] = "other";
  EXPECT_EQ(Run(client_.Update(old_revision)).error().code, ErrorCode::kConflict);
  EXPECT_EQ(Run(client_.Update(other_uid)).error().code, ErrorCode::kConflict);
  EXPECT_EQ(Run(client_.Update(PodBody("b"))).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(Run(client_.Update(created.body())).ok());
}

TEST_F(LocalObjectsTest, UpdateOfAnImmutableFieldIsInvalid) {
  Create(SetBody("s"));
  Json body = SetBody("s");
  body["spec"]["serviceName"] = "other";
  const auto updated = Run(client_.Update(body));
  ASSERT_FALSE(updated.ok());
  EXPECT_EQ(updated.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(updated.error().message, StartsWith("StatefulSet.apps \"s\" is invalid\nspec: "));
}

TEST_F(LocalObjectsTest, StatusWritesTouchOnlyStatus) {
  const Object created = Create(PodBody("a"));
  const Object updated = SetPhase(created, "Running");
  Json expected = created.body();
  expected["status"] = {{"phase", "Running"}};
  expected["metadata"]["resourceVersion"] = std::to_string(updated.revision());
  EXPECT_EQ(updated.body(), expected);
  EXPECT_EQ(Run(client_.UpdateStatus(created.key(), "other", {{"phase", "Failed"}})).error().code,
            ErrorCode::kConflict);
}

TEST_F(LocalObjectsTest, ModifyReadsAgainAfterAConflict) {
  const Object created = Create(SetBody("s"));
  // given somebody else's change between the read and the write
  store_.Before(FailingStore::Call::kUpdate, [&] {
    const auto theirs = [&]() -> Task<void> {
      Json body = created.body();
      body["metadata"]["labels"]["theirs"] = "1";
      EXPECT_TRUE((co_await memory_.Update(Object(body))).ok());
    };
    asio::co_spawn(io_, theirs, [](std::exception_ptr) {});
    io_.poll_one();
  });
  int reads = 0;
  const auto modified = Run(client_.Modify(created.key(), [&](Json& body) {
    ++reads;
    body["metadata"]["labels"]["ours"] = "1";
    return true;
  }));
  ASSERT_TRUE(modified.ok());
  EXPECT_EQ(reads, 2);
  EXPECT_EQ(modified->body()["metadata"]["labels"], Json({{"ours", "1"}, {"theirs", "1"}}));
}

TEST_F(LocalObjectsTest, ModifyGivesUpAfterFiveConflicts) {
  const Object created = Create(PodBody("a"));
  store_.Fail(FailingStore::Call::kUpdate, MakeError(ErrorCode::kConflict, "busy"), 100);
  const auto modified = Run(client_.Modify(created.key(), [](Json& body) {
    body["metadata"]["labels"]["x"] = "y";
    return true;
  }));
  EXPECT_EQ(modified.error().code, ErrorCode::kConflict);
  EXPECT_EQ(store_.calls(FailingStore::Call::kUpdate), 5);
}

TEST_F(LocalObjectsTest, ModifyThatLeavesThingsAsTheyAreWritesNothing) {
  const Object created = Create(PodBody("a"));
  for (const bool answer : {false, true}) {
    const auto modified = Run(client_.Modify(created.key(), [&](Json&) { return answer; }));
    EXPECT_EQ(modified->revision(), created.revision());
  }
  EXPECT_EQ(store_.calls(FailingStore::Call::kUpdate), 0);
}

TEST_F(LocalObjectsTest, ModifyMayTouchSpecAndStatusTogetherAndIsValidated) {
  const Object created = Create(SetBody("s"));
  const auto modified = Run(client_.Modify(created.key(), [](Json& body) {
    body["spec"]["replicas"] = 4;
    body["status"]["replicas"] = 3;
    return true;
  }));
  EXPECT_EQ(modified->body()["metadata"]["generation"], 2);
  EXPECT_EQ(modified->body()["status"]["replicas"], 3);
  const auto refused = Run(client_.Modify(created.key(), [](Json& body) {
    body["spec"]["replicas"] = -1;
    return true;
  }));
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
}

TEST_F(LocalObjectsTest, DeletingAPodLeavesItToItsNode) {
  enum Outcome { kGone, kMarked };
  struct Case {
    const char* what;
    const char* node;
    const char* phase;
    std::optional<int64_t> grace;
    Outcome outcome;
    int64_t marked_grace;
    const char* deleted_at;
  };
  const std::vector<Case> cases = {
      {"running", "n", "Running", std::nullopt, kMarked, 30, "2026-01-01T00:00:30Z"},
      {"running, grace 5", "n", "Running", 5, kMarked, 5, "2026-01-01T00:00:05Z"},
      {"running, negative grace", "n", "Running", -1, kMarked, 1, "2026-01-01T00:00:01Z"},
      {"running, forced", "n", "Running", 0, kGone, 0, ""},
      {"pending on a node", "n", "Pending", std::nullopt, kMarked, 30, "2026-01-01T00:00:30Z"},
      {"without a node", "", "Pending", std::nullopt, kGone, 0, ""},
      {"succeeded", "n", "Succeeded", std::nullopt, kGone, 0, ""},
      {"failed", "n", "Failed", 60, kGone, 0, ""},
  };
  for (const Case& c : cases) {
    const Object pod = SetPhase(Create(PodBody("a", c.node)), c.phase);
    const auto deleted = Delete(pod, c.grace);
    ASSERT_TRUE(deleted.ok()) << c.what;
    EXPECT_EQ(Exists(pod), c.outcome == kMarked) << c.what;
    if (c.outcome == kGone) continue;
    EXPECT_EQ(deleted->body()["metadata"]["deletionGracePeriodSeconds"], c.marked_grace) << c.what;
    EXPECT_EQ(deleted->body()["metadata"]["deletionTimestamp"], c.deleted_at) << c.what;
    ASSERT_TRUE(Delete(pod, 0).ok()) << c.what;
    EXPECT_FALSE(Exists(pod)) << c.what;
  }
}

TEST_F(LocalObjectsTest, DeletingAgainMayOnlyShortenTheGrace) {
  const Object pod = Create(PodBody("a", "n"));
  ASSERT_TRUE(Delete(pod, 30).ok());
  clock_.Advance(std::chrono::seconds(10));
  struct Case {
    std::optional<int64_t> grace;
    int64_t left;
    const char* deleted_at;
  };
  for (const Case& c : {Case{std::nullopt, 30, "2026-01-01T00:00:30Z"}, Case{60, 30, "2026-01-01T00:00:30Z"},
                        Case{30, 30, "2026-01-01T00:00:30Z"}, Case{12, 12, "2026-01-01T00:00:12Z"},
                        Case{20, 12, "2026-01-01T00:00:12Z"}}) {
    const auto deleted = Delete(pod, c.grace);
    EXPECT_EQ(deleted->body()["metadata"]["deletionGracePeriodSeconds"], c.left);
    EXPECT_EQ(deleted->body()["metadata"]["deletionTimestamp"], c.deleted_at);
  }
  ASSERT_TRUE(Delete(pod, 0).ok());
  EXPECT_FALSE(Exists(pod));
}

TEST_F(LocalObjectsTest, AnObjectWithFinalizersGoesWithTheLastOne) {
  Json body = ClaimBody("c");
  body["metadata"]["finalizers"] = {"example.com/mine"};
  const Object claim = Create(body);
  const Object marked = Delete(claim).value();
  EXPECT_EQ(marked.body()["metadata"]["deletionTimestamp"], "2026-01-01T00:00:00Z");
  EXPECT_EQ(marked.body()["metadata"]["deletionGracePeriodSeconds"], 0);
  // deleting again changes nothing
  EXPECT_EQ(Delete(claim)->revision(), marked.revision());
  const auto drop = [&](const std::string& finalizer) {
    return Run(client_.Modify(claim.key(), [&](Json& document) {
      Json left = Json::array();
      for (const Json& kept : document["metadata"]["finalizers"]) {
        if (kept != finalizer) left.push_back(kept);
      }
      document["metadata"]["finalizers"] = left;
      return true;
    }));
  };
  ASSERT_TRUE(drop("example.com/mine").ok());
  EXPECT_TRUE(Exists(claim));
  ASSERT_TRUE(drop("kubernetes.io/pvc-protection").ok());
  EXPECT_FALSE(Exists(claim));
}

TEST_F(LocalObjectsTest, NoFinalizerMayBeAddedToAnObjectBeingDeleted) {
  Json body = ClaimBody("c");
  body["metadata"]["finalizers"] = {"example.com/mine"};
  const Object claim = Create(body);
  ASSERT_TRUE(Delete(claim).ok());
  const auto modified = Run(client_.Modify(claim.key(), [](Json& body) {
    body["metadata"]["finalizers"].push_back("example.com/late");
    return true;
  }));
  ASSERT_FALSE(modified.ok());
  EXPECT_THAT(modified.error().message, HasSubstr("no new finalizers can be added"));
}

TEST_F(LocalObjectsTest, DeletionPreconditionsMustHold) {
  const Object pod = Create(PodBody("a"));
  Preconditions other_uid{"other", std::nullopt};
  Preconditions other_revision{std::nullopt, pod.revision() + 1};
  for (const Preconditions& wrong : {other_uid, other_revision}) {
    const DeleteOptions options{std::nullopt, wrong};
    EXPECT_EQ(Run(client_.Delete(pod.key(), options)).error().code, ErrorCode::kConflict);
  }
  const DeleteOptions right{std::nullopt, Preconditions{pod.uid(), pod.revision()}};
  EXPECT_TRUE(Run(client_.Delete(pod.key(), right)).ok());
  EXPECT_EQ(Run(client_.Delete(pod.key(), right)).error().code, ErrorCode::kNotFound);
}

TEST_F(LocalObjectsTest, AGracefullyDeletedPodSurvivesUpdatesUntilItsNodeIsDone) {
  const Object pod = Create(PodBody("a", "n"));
  ASSERT_TRUE(Delete(pod).ok());
  SetPhase(pod, "Succeeded");
  const auto labelled = Run(client_.Modify(pod.key(), [](Json& body) {
    body["metadata"]["labels"]["x"] = "y";
    return true;
  }));
  EXPECT_TRUE(labelled.ok());
  EXPECT_EQ(labelled->body()["metadata"]["deletionGracePeriodSeconds"], 30);
  EXPECT_TRUE(Exists(pod));
}

}  // namespace
}  // namespace ordinal::objects
