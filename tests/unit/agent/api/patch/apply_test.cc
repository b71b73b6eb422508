#include "agent/api/patch/apply.h"

#include <gmock/gmock.h>

#include "agent/api/patch/owners.h"

namespace ordinal::api {
namespace {

using testing::ElementsAre;

WallTime At(int second) { return WallTime(std::chrono::seconds(1'800'000'000 + second)); }

ApplyRequest By(const std::string& manager, int second = 0, bool force = false) {
  return {{manager, "apps/v1", ""}, force, At(second)};
}

const KindInfo& Sets() { return *FindKind("StatefulSet"); }

Json Config(std::string_view spec, std::string_view metadata = R"("name":"web")") {
  return Json::parse(R"({"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{)" + std::string(metadata) +
                     R"(},"spec":)" + std::string(spec) + "}");
}

Json MustApply(const Json& live, const Json& config, const ApplyRequest& request) {
  auto result = ServerSideApply(Sets(), live, config, request);
  if (auto* body = std::get_if<Json>(&result)) return *body;
  ADD_FAILURE() << std::get<ApplyFailure>(result).error.message;
  return {};
}

ApplyFailure MustFail(const Json& live, const Json& config, const ApplyRequest& request) {
  auto result = ServerSideApply(Sets(), live, config, request);
  if (auto* failure = std::get_if<ApplyFailure>(&result)) return *failure;
  ADD_FAILURE() << std::get<Json>(result);
  return {};
}

std::vector<std::string> Summary(const Json& body) {
  std::vector<std::string> lines;
  for (const Owner& owner : ReadOwners(body)) {
    std::string line = owner.manager + " " + owner.operation + ":";
    for (const auto& path : owner.fields.Paths()) line += " " + path;
    lines.push_back(std::move(line));
  }
  return lines;
}

TEST(ServerSideApply, MakesANewObject) {
  const Json config = Config(R"({"replicas":2,"template":{"spec":{"containers":[{"name":"c","image":"i",
      "ports":[{"containerPort":80}]}],"nodeSelector":{"a":"b"}}}})");
  const Json made = MustApply(Json(), config, By("me"));
  EXPECT_EQ(made["spec"], config["spec"]);
  EXPECT_THAT(
      Summary(made),
      ElementsAre(R"(me Apply: .spec.replicas)"
                  R"( .spec.template.spec.containers[name="c"])"
                  R"( .spec.template.spec.containers[name="c"].image)"
                  R"( .spec.template.spec.containers[name="c"].name)"
                  R"( .spec.template.spec.containers[name="c"].ports[containerPort=80,protocol="TCP"])"
                  R"( .spec.template.spec.containers[name="c"].ports[containerPort=80,protocol="TCP"].containerPort)"
                  R"( .spec.template.spec.nodeSelector)"));
}

TEST(ServerSideApply, ChangesNothingTheSecondTime) {
  const Json config = Config(R"({"replicas":2})");
  const Json made = MustApply(Json(), config, By("me", 0));
  EXPECT_EQ(MustApply(made, config, By("me", 5)), made);
}

TEST(ServerSideApply, ComparesQuantitiesByTheirValue) {
  const auto config = [](const char* memory) {
    return Config(R"({"template":{"metadata":{"creationTimestamp":null},"spec":{"containers":[{"name":"c",
        "resources":{"limits":{"memory":")" +
                  std::string(memory) + R"("}}}]}}})");
  };
  // Given an object as it is stored, with canonical quantities and without nulls
  const Json made = MustApply(Json(), config("1Gi"), By("me", 0));
  EXPECT_FALSE(made["spec"]["template"]["metadata"].contains("creationTimestamp"));
  // Then another spelling is no change and no conflict
  EXPECT_EQ(MustApply(made, config("1024Mi"), By("me", 5)), made);
  EXPECT_EQ(MustApply(made, config("1024Mi"), By("other", 5))["spec"], made["spec"]);
}

TEST(ServerSideApply, TakesAwayWhatIsNotAppliedAnyMore) {
  const Json live =
      MustApply(Json(), Config(R"({"replicas":2,"serviceName":"s"})", R"("name":"web","labels":{"a":"1"})"), By("me"));
  const Json now = MustApply(live, Config(R"({"replicas":2})"), By("me", 1));
  EXPECT_EQ(now["spec"], Json::parse(R"({"replicas":2})"));
  EXPECT_FALSE(now["metadata"].contains("labels"));
}

TEST(ServerSideApply, LeavesWhatOthersOwnToo) {
  Json live = MustApply(Json(), Config(R"({"replicas":2,"serviceName":"s"})"), By("me"));
  live = MustApply(live, Config(R"({"replicas":2})"), By("other", 1));
  live = MustApply(live, Config(R"({})"), By("me", 2));
  EXPECT_EQ(live["spec"], Json::parse(R"({"replicas":2})"));
  EXPECT_THAT(Summary(live), ElementsAre("other Apply: .spec.replicas", "me Apply: .spec"));
}

TEST(ServerSideApply, LeavesWhatNobodyApplied) {
  Json live = MustApply(Json(), Config(R"({"replicas":2})"), By("me"));
  live["spec"]["podManagementPolicy"] = "Parallel";  // as a default is filled in, without an owner
  live = MustApply(live, Config(R"({"replicas":3})"), By("me", 1));
  EXPECT_EQ(live["spec"], Json::parse(R"({"replicas":3,"podManagementPolicy":"Parallel"})"));
}

TEST(ServerSideApply, RemovesItemsOfListsByTheirKeys) {
  const char* two = R"({"template":{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}})";
  Json live = MustApply(Json(), Config(two), By("me"));
  live["spec"]["template"]["spec"]["containers"].push_back({{"name", "injected"}});
  const char* one = R"({"template":{"spec":{"containers":[{"name":"b","image":"x"}]}}})";
  live = MustApply(live, Config(one), By("me", 1));
  EXPECT_EQ(live["spec"]["template"]["spec"]["containers"],
            Json::parse(R"([{"name":"b","image":"x"},{"name":"injected"}])"));
}

TEST(ServerSideApply, OrdersItemsAsWritten) {
  const auto apply = [](const char* before, const char* config) {
    const auto list = [](std::string_view letters) {
      std::string text;
      for (const char letter : letters)
        text += std::string(text.empty() ? "" : ",") + R"({"name":")" + letter + R"("})";
      return Config(R"({"template":{"spec":{"containers":[)" + text + "]}}}");
    };
    const Json merged = MustApply(TrackUpdate(Sets(), {}, list(before), {"u", "apps/v1", ""}, At(0)), list(config),
                                  By("me", 1, /*force=*/true));
    std::string names;
    for (const auto& item : merged["spec"]["template"]["spec"]["containers"]) names += item["name"].get<std::string>();
    return names;
  };
  // As the merge of structured-merge-diff 4.4 orders them.
  EXPECT_EQ(apply("abc", "cba"), "cba");
  EXPECT_EQ(apply("axb", "ab"), "axb");
  EXPECT_EQ(apply("xa", "na"), "xna");
  EXPECT_EQ(apply("ax", "an"), "axn");
  EXPECT_EQ(apply("abx", "ba"), "bxa");
  EXPECT_EQ(apply("x", "n"), "xn");
}

TEST(ServerSideApply, ReportsEveryConflict) {
  const Json live =
      TrackUpdate(Sets(), {}, Config(R"({"replicas":2,"serviceName":"s"})"), {"kubectl", "apps/v1", ""}, At(0));
  const ApplyFailure one = MustFail(live, Config(R"({"replicas":3,"serviceName":"s"})"), By("me", 1));
  EXPECT_EQ(one.error.code, ErrorCode::kConflict);
  EXPECT_EQ(one.error.message,
            R"(Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas)");
  ASSERT_EQ(one.conflicts.size(), 1u);
  EXPECT_EQ(one.conflicts[0].field, ".spec.replicas");
  EXPECT_EQ(one.conflicts[0].message, R"(conflict with "kubectl" using apps/v1)");
  EXPECT_EQ(MustFail(live, Config(R"({"replicas":3,"serviceName":"t"})"), By("me", 1)).conflicts.size(), 2u);
}

TEST(ServerSideApply, DescribesAppliersAndSubresources) {
  Json live = MustApply(Json(), Config(R"({"replicas":2})"), By("other"));
  EXPECT_EQ(MustFail(live, Config(R"({"replicas":3})"), By("me", 1)).conflicts[0].message, R"(conflict with "other")");
  Json scaled = live;
  scaled["spec"]["replicas"] = 5;
  scaled = TrackUpdate(Sets(), live, scaled, {"kubectl", "apps/v1", "scale"}, At(1));
  EXPECT_EQ(MustFail(scaled, Config(R"({"replicas":3})"), By("me", 1)).conflicts[0].message,
            R"(conflict with "kubectl" with subresource "scale" using apps/v1)");
}

TEST(ServerSideApply, TakesOverByForce) {
  const Json live = MustApply(Json(), Config(R"({"replicas":2,"serviceName":"s"})"), By("other"));
  const Json now = MustApply(live, Config(R"({"replicas":3})"), By("me", 1, /*force=*/true));
  EXPECT_EQ(now["spec"]["replicas"], 3);
  EXPECT_THAT(Summary(now), ElementsAre("other Apply: .spec.serviceName", "me Apply: .spec.replicas"));
}

TEST(ServerSideApply, SharesWhatBothSetAlike) {
  const Json live = MustApply(Json(), Config(R"({"replicas":2})"), By("other"));
  EXPECT_THAT(Summary(MustApply(live, Config(R"({"replicas":2})"), By("me", 1))),
              ElementsAre("other Apply: .spec.replicas", "me Apply: .spec.replicas"));
}

TEST(ServerSideApply, TracksAnObjectThatHadNoOwners) {
  const Json live = Config(R"({"replicas":2})");
  EXPECT_EQ(MustFail(live, Config(R"({"replicas":3})"), By("me")).conflicts[0].message,
            R"(conflict with "before-first-apply" using apps/v1)");
}

TEST(ServerSideApply, RefusesWhatIsNotOfTheKindsForm) {
  for (const char* spec : {R"({"nosuch":1})", R"({"template":{"spec":{"containers":[{"image":"x"}]}}})",
                           R"({"template":{"spec":{"containers":[{"name":"a"},{"name":"a"}]}}})"}) {
    EXPECT_EQ(MustFail(Json(), Config(spec), By("me")).error.reason, "BadRequest") << spec;
  }
  EXPECT_EQ(MustFail(Json(), Config("{}", R"("name":"web","managedFields":[{}])"), By("me")).error.reason,
            "BadRequest");
  EXPECT_EQ(MustFail(Json(), Json(1), By("me")).error.reason, "BadRequest");
}

TEST(ServerSideApply, LeavesTheStatusToItsSubresource) {
  Json config = Config(R"({"replicas":2})");
  config["status"] = {{"replicas", 9}};
  const Json made = MustApply(Json(), config, By("me"));
  EXPECT_FALSE(made.contains("status"));
  ApplyRequest request = By("me", 1);
  request.manager.subresource = "status";
  config["spec"]["replicas"] = 5;
  const Json now = MustApply(made, config, request);
  EXPECT_EQ(now["spec"]["replicas"], 2);
  EXPECT_EQ(now["status"]["replicas"], 9);
  EXPECT_THAT(Summary(now), ElementsAre("me Apply: .spec.replicas", "me Apply: .status.replicas"));
}

/// The requests of `kubectl apply --server-side` for an object made by `kubectl apply`.
TEST(ServerSideApply, TakesOverFromClientSideApply) {
  const std::string annotation = "kubectl.kubernetes.io/last-applied-configuration";
  const Json config = Config(R"({"replicas":2,"serviceName":"s"})");
  Json live = config;
  live["metadata"]["annotations"][annotation] = config.dump();
  live = TrackUpdate(Sets(), {}, live, {"kubectl-client-side-apply", "apps/v1", ""}, At(0));
  // Given a changed configuration, then no conflict with what client-side apply wrote
  const Json changed = Config(R"({"replicas":3})");
  live = MustApply(live, changed, By("kubectl", 1));
  EXPECT_EQ(live["spec"]["replicas"], 3);
  // And the annotation follows, so that client-side apply can go on
  EXPECT_EQ(Json::parse(live["metadata"]["annotations"][annotation].get<std::string>()), changed);
  // When kubectl gives the entry of client-side apply to its applier by a JSON patch
  Json patched = live;
  Owners owners = ReadOwners(patched);
  ASSERT_EQ(owners.size(), 2u);
  owners[0].fields.Unite(owners[1].fields);
  owners.pop_back();
  WriteOwners(patched, owners);
  patched = TrackUpdate(Sets(), live, patched, {"kubectl", "apps/v1", ""}, At(2));
  ASSERT_EQ(ReadOwners(patched).size(), 1u);
  // Then a second apply takes away what is not in the configuration
  const Json last = MustApply(patched, changed, By("kubectl", 3));
  EXPECT_FALSE(last["spec"].contains("serviceName"));
  // But not what somebody changed meanwhile
  Json scaled = live;
  scaled["spec"]["replicas"] = 7;
  scaled = TrackUpdate(Sets(), live, scaled, {"hpa", "apps/v1", ""}, At(2));
  EXPECT_EQ(MustFail(scaled, changed, By("kubectl", 3)).conflicts.size(), 1u);
}

}  // namespace
}  // namespace ordinal::api
