// What may change of a pod, through which part, and what counts as a change of what is wanted.
#include <gmock/gmock.h>

#include "agent/objects/local/local_objects.h"
#include "agent/store/memory/memory_store.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/run_task.h"

namespace ordinal::objects {
namespace {

using store::MemoryStore;
using testing::ElementsAre;
using testing::IsEmpty;
using Part = WriteOptions::Part;

class PodChanges : public testing::Test {
 protected:
  Result<Object> Make(const Json& spec = Json::object()) {
    Json body = {{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", {{"name", "a"}, {"namespace", "default"}}}};
    body["spec"] = {{"containers", Json::array({Json{{"name", "c"}, {"image", "i:1"}}})}};
    body["spec"].update(spec);
    auto made = RunTask(io_, client_.Create(std::move(body)));
    if (!made.ok()) return made.error();
    return made->object;
  }
  Result<Object> Change(Part part, const std::function<void(Json&)>& change) {
    WriteOptions options;
    options.part = part;
    options.findings = &findings_;
    Objects::Edit edit = [&](const Object& current) -> Result<Json> {
      Json next = current.body();
      change(next);
      return next;
    };
    auto changed = RunTask(io_, client_.Change(kKey, edit, options));
    if (!changed.ok()) return changed.error();
    return changed->object;
  }
  int64_t Generation() { return api::ReadMeta(RunTask(io_, memory_.Get(kKey))->body()).generation; }
  Json Condition(const std::string& type) {
    const Object pod = *RunTask(io_, memory_.Get(kKey));
    for (const Json& each : pod.body()["status"]["conditions"]) {
      if (each["type"] == type) return each;
    }
    return {};
  }
  std::vector<std::string> Faults() const {
    std::vector<std::string> faults;
    for (const FieldError& fault : findings_.faults) faults.push_back(fault.field + " " + fault.cause);
    return faults;
  }
  static void Debug(Json& body) {
    body["spec"]["ephemeralContainers"].push_back({{"name", "debug"}, {"image", "i:1"}});
  }

  const ObjectKey kKey{"Pod", "default", "a"};
  asio::io_context io_;
  fakes::FakeClock clock_{io_};
  SeededRandom random_{1};
  MemoryStore memory_;
  LocalObjects client_{memory_, clock_, random_, AllAdmitters()};
  Findings findings_;
};

TEST_F(PodChanges, ItsGenerationCountsChangesOfItsSpecAndItsDeletion) {
  ASSERT_TRUE(Make().ok());
  EXPECT_EQ(Generation(), 1);
  ASSERT_TRUE(RunTask(io_, client_.Bind(kKey, "", "node-a", WriteOptions())).ok());
  EXPECT_EQ(Generation(), 1) << "to be placed is no change of what is wanted";
  EXPECT_EQ(Condition("PodScheduled")["observedGeneration"], 1);
  ASSERT_TRUE(Change(Part::kSpec, [](Json& body) { body["metadata"]["labels"]["x"] = "y"; }).ok());
  ASSERT_TRUE(Change(Part::kStatus, [](Json& body) { body["status"]["phase"] = "Running"; }).ok());
  EXPECT_EQ(Generation(), 1);
  int64_t expected = 1;
  const std::vector<std::function<void(Json&)>> changes = {
      [](Json& body) { body["spec"]["containers"][0]["image"] = "i:2"; },
      [](Json& body) { body["spec"]["activeDeadlineSeconds"] = 100; },
      [](Json& body) {
        body["spec"]["tolerations"].push_back({{"key", "k"}, {"operator", "Exists"}});
      },
  };
  for (const auto& change : changes) {
    const auto changed = Change(Part::kSpec, change);
    ASSERT_TRUE(changed.ok()) << changed.error().message;
    EXPECT_EQ(Generation(), ++expected);
  }
  ASSERT_TRUE(Change(Part::kEphemeralContainers, Debug).ok());
  EXPECT_EQ(Generation(), ++expected);
  ASSERT_TRUE(Change(Part::kSpec, [](Json& body) { body["metadata"]["generation"] = 77; }).ok());
  EXPECT_EQ(Generation(), expected) << "it is the system's";
  ASSERT_TRUE(RunTask(io_, client_.Remove(kKey, DeleteOptions())).ok());
  EXPECT_EQ(Generation(), ++expected);
  DeleteOptions sooner;
  sooner.grace_seconds = 1;
  ASSERT_TRUE(RunTask(io_, client_.Remove(kKey, sooner)).ok());
  EXPECT_EQ(Generation(), expected);
}

TEST_F(PodChanges, ANodeGivenByItsWriterCountsAsPlacedOnce) {
  ASSERT_TRUE(Make().ok());
  ASSERT_TRUE(Change(Part::kSpec, [](Json& body) {
                body["spec"]["nodeName"] = "node-a";
                body["spec"]["containers"][0]["image"] = "i:2";
              }).ok());
  EXPECT_EQ(Generation(), 2) << "the image is another one";
}

TEST_F(PodChanges, AClientThatLeavesTheObservedGenerationOutKeepsIt) {
  ASSERT_TRUE(Make().ok());
  ASSERT_TRUE(Change(Part::kStatus, [](Json& body) { body["status"]["observedGeneration"] = 1; }).ok());
  const auto changed = Change(Part::kStatus, [](Json& body) { body["status"] = {{"phase", "Running"}}; });
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(changed->body()["status"]["observedGeneration"], 1);
}

TEST_F(PodChanges, EphemeralContainersComeThroughTheirOwnPartAlone) {
  EXPECT_FALSE(Make({{"ephemeralContainers", Json::array({Json{{"name", "debug"}, {"image", "i"}}})}}).ok());
  ASSERT_TRUE(Make().ok());
  EXPECT_FALSE(Change(Part::kSpec, Debug).ok());
  EXPECT_THAT(Faults(), ElementsAre("spec.ephemeralContainers FieldValueForbidden"));
  const auto added = Change(Part::kEphemeralContainers, [](Json& body) {
    Debug(body);
    body["spec"]["containers"][0]["image"] = "i:9";
    body["metadata"]["labels"]["x"] = "y";
    body["status"]["phase"] = "Failed";
  });
  ASSERT_TRUE(added.ok()) << added.error().message;
  EXPECT_EQ(added->body()["spec"]["ephemeralContainers"][0]["name"], "debug");
  EXPECT_EQ(added->body()["spec"]["ephemeralContainers"][0]["imagePullPolicy"], "IfNotPresent");
  EXPECT_EQ(added->body()["spec"]["containers"][0]["image"], "i:1") << "nothing else is of that part";
  EXPECT_FALSE(added->body()["metadata"].contains("labels"));
  EXPECT_EQ(added->body()["status"]["phase"], "Pending");
  // Somebody who writes the rest keeps them.
  EXPECT_TRUE(Change(Part::kSpec, [](Json& body) { body["metadata"]["labels"]["x"] = "y"; }).ok());
  EXPECT_FALSE(Change(Part::kSpec, [](Json& body) { body["spec"].erase("ephemeralContainers"); }).ok());
}

TEST_F(PodChanges, EphemeralContainersNeitherGoNorChange) {
  ASSERT_TRUE(Make().ok());
  ASSERT_TRUE(Change(Part::kEphemeralContainers, Debug).ok());
  for (const auto& change : std::vector<std::function<void(Json&)>>{
           [](Json& body) { body["spec"]["ephemeralContainers"] = Json::array(); },
           [](Json& body) { body["spec"]["ephemeralContainers"][0]["tty"] = true; }}) {
    EXPECT_FALSE(Change(Part::kEphemeralContainers, change).ok());
    EXPECT_THAT(Faults(), ElementsAre("spec.ephemeralContainers FieldValueForbidden"));
  }
}

}  // namespace
}  // namespace ordinal::objects
