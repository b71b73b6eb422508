#include <gmock/gmock.h>

#include "agent/base/together.h"
#include "tests/contract/objects_contract.h"

namespace ordinal::objects {
namespace {

using testing::HasSubstr;

const ObjectKey kPod{"Pod", "default", "kubia-0"}, kMap{"ConfigMap", "default", "settings"};

class ObjectsWrites : public ObjectsContract {
 protected:
  ErrorCode CodeOf(const auto& result) { return result.ok() ? ErrorCode::kInternal : result.error().code; }
};

TEST_P(ObjectsWrites, ANewObjectIsCompletedOnce) {
  const Object pod = Create(PodNamed("kubia-0"));
  EXPECT_FALSE(pod.uid().empty());
  EXPECT_GT(pod.revision(), 0U);
  EXPECT_EQ(pod.body()["status"]["phase"], "Pending");
  EXPECT_EQ(pod.body()["spec"]["serviceAccountName"], "default");
  EXPECT_EQ(Stored(kPod), pod.body());
  EXPECT_EQ(CodeOf(Run(objects().Create(PodNamed("kubia-0")))), ErrorCode::kAlreadyExists);
  Json generated = MapNamed("");
  generated["metadata"].erase("name");
  generated["metadata"]["generateName"] = "map-";
  EXPECT_THAT(Create(generated).name(), testing::StartsWith("map-"));
  WriteOptions rehearsal;
  rehearsal.dry_run = true;
  EXPECT_TRUE(Run(objects().Create(MapNamed("settings"), rehearsal)).ok());
  EXPECT_TRUE(Stored(kMap).is_null());
}

TEST_P(ObjectsWrites, WhatIsAtFaultIsRefusedWithEveryField) {
  Json pod = PodNamed("kubia-0");
  pod["spec"]["containers"][0]["name"] = "Not_A_Name";
  pod["spec"]["restartPolicy"] = "Sometimes";
  const auto created = Run(objects().Create(pod));
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(created.error().message, HasSubstr("spec.containers[0].name"));
  EXPECT_THAT(created.error().message, HasSubstr("spec.restartPolicy"));
}

TEST_P(ObjectsWrites, AnUpdateKeepsTheStatusAndMeansTheVeryObjectItNames) {
  const Object pod = Create(PodNamed("kubia-0"));
  ASSERT_TRUE(Run(objects().UpdateStatus(kPod, pod.uid(), Json{{"phase", "Running"}})).ok());
  Json next = Stored(kPod);
  next["metadata"]["labels"]["tier"] = "db";
  next["status"] = Json{{"phase", "Failed"}};
  const auto updated = Run(objects().Update(next));
  ASSERT_TRUE(updated.ok()) << updated.error().message;
  EXPECT_EQ(updated->object.body()["status"]["phase"], "Running");
  EXPECT_EQ(updated->object.body()["metadata"]["labels"]["tier"], "db");
  EXPECT_EQ(CodeOf(Run(objects().Update(next))), ErrorCode::kConflict) << "of an older revision";
  next["metadata"].erase("resourceVersion");
  next["metadata"]["uid"] = "another";
  EXPECT_EQ(CodeOf(Run(objects().Update(next))), ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(Run(objects().Update(MapNamed("nobody")))), ErrorCode::kNotFound);
}

TEST_P(ObjectsWrites, AStatusIsWrittenAloneAndOnlyOfThatObject) {
  const Object pod = Create(PodNamed("kubia-0"));
  const auto written = Run(objects().UpdateStatus(kPod, pod.uid(), Json{{"phase", "Running"}}));
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(written->body()["spec"], pod.body()["spec"]);
  EXPECT_EQ(CodeOf(Run(objects().UpdateStatus(kPod, "another", Json{{"phase", "Failed"}}))), ErrorCode::kConflict);
  EXPECT_EQ(Stored(kPod)["status"]["phase"], "Running");
}

TEST_P(ObjectsWrites, AModificationMayTouchSpecAndStatusOrNothing) {
  Create(PodNamed("kubia-0"));
  const auto both = Run(objects().Modify(kPod, [](Json& pod) {
    pod["metadata"]["annotations"]["a"] = "b";
    pod["status"]["phase"] = "Running";
    return true;
  }));
  ASSERT_TRUE(both.ok()) << both.error().message;
  EXPECT_EQ(Stored(kPod)["metadata"]["annotations"]["a"], "b");
  EXPECT_EQ(Stored(kPod)["status"]["phase"], "Running");
  const auto none = Run(objects().Modify(kPod, [](Json& pod) {
    pod["status"]["phase"] = "Failed";
    return false;
  }));
  ASSERT_TRUE(none.ok());
  EXPECT_EQ(none->revision(), both->revision());
}

TEST_P(ObjectsWrites, OfWritersAtOnceNoneIsLost) {
  Create(MapNamed("settings"));
  std::vector<Task<Status>> writers;
  for (int i = 0; i < 4; ++i) {
    const auto write = [](Objects& objects, int number) -> Task<Status> {
      std::function<bool(Json&)> change = [number](Json& map) {
        map["data"]["writer-" + std::to_string(number)] = "was here";
        return true;
      };
      const auto written = co_await objects.Modify(kMap, std::move(change));
      if (!written.ok()) co_return written.error();
      co_return Status();
    };
    writers.push_back(write(objects(), i));
  }
  const Status all = Run(Together(ground_.io.get_executor(), "writers", std::move(writers)));
  ASSERT_TRUE(all.ok()) << all.error().message;
  EXPECT_EQ(Stored(kMap)["data"].size(), 4U);
}

TEST_P(ObjectsWrites, AnEditSaysWhyNot) {
  Create(MapNamed("settings"));
  const Objects::Edit refuses = [](const Object&) -> Result<Json> {
    return MakeError(ErrorCode::kFailedPrecondition, "not today");
  };
  EXPECT_EQ(CodeOf(Run(objects().Change(kMap, refuses, WriteOptions()))), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(CodeOf(Run(objects().Change(kPod, refuses, WriteOptions()))), ErrorCode::kNotFound);
}

TEST_P(ObjectsWrites, ApplyCreatesOwnsAndRespectsOtherOwners) {
  const auto apply = [&](const char* manager, const char* value, bool force,
                         std::vector<api::FieldConflict>& conflicts) {
    api::ApplyRequest request;
    request.manager = api::FieldWriter{manager, "v1", ""};
    request.force = force;
    request.time = ground_.clock.Now();
    return Run(
        objects().Apply(kMap, MapNamed("settings", Json{{"color", value}}), request, WriteOptions(), &conflicts));
  };
  std::vector<api::FieldConflict> conflicts;
  const auto made = apply("first", "red", false, conflicts);
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_TRUE(made->created);
  const auto same = apply("first", "green", false, conflicts);
  ASSERT_TRUE(same.ok());
  EXPECT_FALSE(same->created);
  EXPECT_EQ(CodeOf(apply("second", "blue", false, conflicts)), ErrorCode::kConflict);
  ASSERT_EQ(conflicts.size(), 1U);
  EXPECT_EQ(conflicts[0].field, ".data.color");
  EXPECT_TRUE(apply("second", "blue", true, conflicts).ok());
  EXPECT_EQ(Stored(kMap)["data"]["color"], "blue");
}

TEST_P(ObjectsWrites, APodIsBoundOnce) {
  const Object pod = Create(PodNamed("kubia-0"));
  EXPECT_EQ(CodeOf(Run(objects().Bind(kPod, "another", "node-a", WriteOptions()))), ErrorCode::kConflict);
  const auto bound = Run(objects().Bind(kPod, pod.uid(), "node-a", WriteOptions()));
  ASSERT_TRUE(bound.ok()) << bound.error().message;
  EXPECT_EQ(bound->body()["spec"]["nodeName"], "node-a");
  EXPECT_EQ(bound->body()["status"]["conditions"][0]["type"], "PodScheduled");
  EXPECT_EQ(CodeOf(Run(objects().Bind(kPod, "", "node-b", WriteOptions()))), ErrorCode::kConflict);
  EXPECT_EQ(Stored(kPod)["spec"]["nodeName"], "node-a");
}

TEST_P(ObjectsWrites, APodOnANodeIsMarkedAndItsGraceMayOnlyShrink) {
  const Object pod = Create(PodNamed("kubia-0"));
  ASSERT_TRUE(Run(objects().Bind(kPod, "", "node-a", WriteOptions())).ok());
  const auto remove = [&](std::optional<int64_t> grace, Preconditions preconditions = {}) {
    return Run(objects().Remove(kPod, DeleteOptions{grace, std::move(preconditions)}));
  };
  EXPECT_EQ(CodeOf(remove(5, Preconditions{"another", {}})), ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(remove(5, Preconditions{{}, pod.revision()})), ErrorCode::kConflict) << "it was bound since";
  const auto marked = remove(std::nullopt);
  ASSERT_TRUE(marked.ok());
  EXPECT_FALSE(marked->gone);
  EXPECT_EQ(marked->object.body()["metadata"]["deletionGracePeriodSeconds"], 30);
  EXPECT_EQ(remove(60)->object.body()["metadata"]["deletionGracePeriodSeconds"], 30);
  EXPECT_EQ(remove(5)->object.body()["metadata"]["deletionGracePeriodSeconds"], 5);
  EXPECT_TRUE(remove(0)->gone);
  EXPECT_EQ(CodeOf(remove(0)), ErrorCode::kNotFound);
}

TEST_P(ObjectsWrites, AnObjectGoesWithItsLastFinalizer) {
  Json map = MapNamed("settings");
  map["metadata"]["finalizers"] = Json::array({"example.com/hold"});
  Create(map);
  DeleteOptions orphan;
  orphan.propagation = Propagation::kOrphan;
  const auto held = Run(objects().Remove(kMap, orphan));
  ASSERT_TRUE(held.ok());
  EXPECT_FALSE(held->gone);
  EXPECT_EQ(held->object.body()["metadata"]["finalizers"].size(), 2U);
  const auto let_go = Run(objects().Modify(kMap, [](Json& body) {
    body["metadata"].erase("finalizers");
    return true;
  }));
  EXPECT_TRUE(let_go.ok());
  EXPECT_TRUE(Stored(kMap).is_null());
}

TEST_P(ObjectsWrites, ListsAndWatchesSelect) {
  Create(PodNamed("kubia-0"));
  Json other = PodNamed("other");
  other["metadata"]["labels"] = Json{{"app", "other"}};
  Create(other);
  store::ListOptions options;
  options.ns = "default";
  options.labels = api::Selector::Parse("app=kubia").value();
  const auto listed = Run(objects().List("Pod", options));
  ASSERT_TRUE(listed.ok());
  ASSERT_EQ(listed->items.size(), 1U);
  EXPECT_EQ(listed->items[0].name(), "kubia-0");
  auto watch = Run(objects().StartWatch("Pod", options, listed->revision));
  ASSERT_TRUE(watch.ok());
  Create(PodNamed("kubia-1"));
  const auto events = Run((*watch)->Next());
  ASSERT_TRUE(events.ok());
  ASSERT_EQ(events->size(), 1U);
  EXPECT_EQ(events->front().object.name(), "kubia-1");
}

TEST_P(ObjectsWrites, ATokenIsOfItsAccountAndBoundToItsPod) {
  const ObjectKey account{"ServiceAccount", "default", "default"};
  const Json plain = {{"spec", {{"expirationSeconds", 900}, {"audiences", {"vault"}}}}};
  EXPECT_EQ(CodeOf(Run(objects().RequestToken(account, plain))), ErrorCode::kNotFound);
  Create(Json{
      {"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", {{"name", "default"}, {"namespace", "default"}}}});
  const auto answered = Run(objects().RequestToken(account, plain));
  ASSERT_TRUE(answered.ok()) << answered.error().message;
  EXPECT_EQ((*answered)["spec"], plain["spec"]);
  EXPECT_EQ(ParseTime((*answered)["status"]["expirationTimestamp"].get<std::string>())->time_since_epoch(),
            (ground_.clock.Now() + std::chrono::seconds(900)).time_since_epoch());
  const auto claims =
      tokens::ParseClaims(*tokens::CheckJwt((*answered)["status"]["token"].get<std::string>(), fakes::TokenKeys()));
  EXPECT_EQ(claims->Subject(), "system:serviceaccount:default:default");

  const Object pod = Create(PodNamed("kubia-0"));
  const auto bound = [&](Json reference) {
    return Run(objects().RequestToken(account, Json{{"spec", {{"boundObjectRef", std::move(reference)}}}}));
  };
  EXPECT_TRUE(bound({{"kind", "Pod"}, {"apiVersion", "v1"}, {"name", "kubia-0"}, {"uid", pod.uid()}}).ok());
  EXPECT_EQ(CodeOf(bound({{"kind", "Pod"}, {"name", "kubia-0"}, {"uid", "another"}})), ErrorCode::kConflict);
  EXPECT_EQ(CodeOf(bound({{"kind", "Pod"}, {"name", "nosuch"}})), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(bound({{"kind", "Secret"}, {"name", "nosuch"}})), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(bound({{"kind", "Node"}, {"name", "nosuch"}})), ErrorCode::kNotSupported);
  EXPECT_EQ(CodeOf(bound({{"kind", "ConfigMap"}, {"name", "nosuch"}})), ErrorCode::kInvalid);
}

TEST_P(ObjectsWrites, ATokenLivesAsLongAsItMay) {
  const ObjectKey account{"ServiceAccount", "default", "default"};
  Create(Json{
      {"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", {{"name", "default"}, {"namespace", "default"}}}});
  for (const Json& seconds : {Json(599), Json((int64_t{1} << 32) + 1), Json("600"), Json(1e300)}) {
    EXPECT_EQ(CodeOf(Run(objects().RequestToken(account, Json{{"spec", {{"expirationSeconds", seconds}}}}))),
              ErrorCode::kInvalid)
        << seconds;
  }
  const auto longest = Run(objects().RequestToken(account, Json{{"spec", {{"expirationSeconds", 4000000000}}}}));
  ASSERT_TRUE(longest.ok());
  EXPECT_EQ((*longest)["spec"]["expirationSeconds"], 365 * 86400) << "what it really is";
  const auto usual = Run(objects().RequestToken(account, Json::object()));
  ASSERT_TRUE(usual.ok());
  EXPECT_EQ((*usual)["spec"], (Json{{"expirationSeconds", 3600}, {"audiences", {"https://api"}}}));
}

INSTANTIATE_TEST_SUITE_P(Objects, ObjectsWrites, testing::ValuesIn(AllObjects()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ordinal::objects
