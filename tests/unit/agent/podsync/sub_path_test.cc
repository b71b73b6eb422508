#include "agent/podsync/sub_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/agent/podsync/host.h"

namespace ordinal::podsync {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;

struct Row {
  std::string sub_path, expression;
  std::string expected, fault;  ///< one of them
};

TEST(SubPath, IsBelowItsVolumeOrSaysWhyNot) {
  const Environment env = {
      {"NAME", "kubia-0"}, {"ABSOLUTE", "/tmp"}, {"UP", ".."},        {"TICKS", "`id`"},
      {"EMPTY", ""},       {"DEEP", "a/b"},      {"DOTS", "a..b/.c"}, {"NUL", std::string("a\0b", 3)}};
  const std::vector<Row> table = {
      {"", "", "", ""},
      {"data", "", "data", ""},
      {"", "$(NAME)", "kubia-0", ""},
      {"", "logs/$(DEEP)", "logs/a/b", ""},
      {"", "$(DOTS)", "a..b/.c", ""},
      {"", "$$(NAME)", "$(NAME)", ""},
      {"/etc", "", "", "must not be an absolute path"},
      {"a/../..", "", "", "must not contain '..'"},
      {"`id`", "", "", "must not contain backticks"},
      {"", "$(ABSOLUTE)", "", "must not be an absolute path"},
      {"", "$(UP)", "", "must not contain '..'"},
      {"", "a/$(UP)/b", "", "must not contain '..'"},
      {"", "$(TICKS)", "", "must not contain backticks"},
      {"", "$(NUL)", "", "must not contain NUL"},
      {"", "$(EMPTY)", "", "missing value for EMPTY"},
      {"", "$(NONE)/$(NONE)/$(NEITHER)", "", "missing value for NONE, NEITHER"},
  };
  for (const Row& row : table) {
    api::Container container;
    container.name = "main";
    api::VolumeMount mount;
    mount.name = "v";
    mount.mount_path = "/data";
    mount.sub_path = row.sub_path;
    mount.sub_path_expr = row.expression;
    const auto path = SubPathOf(container, mount, env);
    const std::string which = row.sub_path + row.expression;
    ASSERT_EQ(path.ok(), row.fault.empty()) << which;
    if (path.ok()) {
      EXPECT_EQ(*path, row.expected) << which;
    } else {
      EXPECT_EQ(path.error().reason, "CreateContainerConfigError") << which;
      EXPECT_THAT(path.error().message, HasSubstr(row.fault));
      for (const char* name : {"main", "\"v\"", "/data"}) EXPECT_THAT(path.error().message, HasSubstr(name)) << which;
    }
  }
}

/// A pod of two containers; the first mounts by an expression that asks for the pod's annotation "path".
Json AsksForItsPath() {
  Json spec = Spec({}, {"main", "second"});
  spec["volumes"] = Json::parse(R"([{"name":"v","emptyDir":{}}])");
  spec["containers"][0]["env"] =
      Json::parse(R"([{"name":"P","valueFrom":{"fieldRef":{"fieldPath":"metadata.annotations['path']"}}}])");
  spec["containers"][0]["volumeMounts"] =
      Json::parse(R"json([{"name":"v","mountPath":"/data","subPathExpr":"$(P)"}])json");
  return spec;
}

class WrongConfig : public ::testing::Test {
 protected:
  void Annotate(const std::string& path) {
    const auto written = RunTask(host_.io, host_.client.Modify({"Pod", "default", "kubia-0"}, [&](Json& pod) {
      pod["metadata"]["annotations"]["path"] = path;
      return true;
    }));
    ASSERT_TRUE(written.ok()) << written.error().message;
    host_.Settle();
  }

  Json WaitingOf(size_t container) {
    const Json status = host_.StatusOf();
    return api::Member(status["containerStatuses"][container]["state"], "waiting");
  }

  Host host_;
};

TEST_F(WrongConfig, WaitsSaysWhyAndStaysSoUntilThePodIsChanged) {
  host_.runtime.AddRemoteImage("busybox:1.35");
  host_.StartAgent();
  Json spec = AsksForItsPath();
  spec["containers"][0]["imagePullPolicy"] = "Always";  // looking for the image once more is no other state
  host_.Apply(std::move(spec));
  host_.Pass(seconds(1));
  EXPECT_EQ(host_.Running(), "second#0");  // the other one is not held up
  EXPECT_EQ(host_.Phase(), "Pending");
  std::vector<std::string> reasons;
  for (const std::string path : {"", "/etc", "../x", "a/../../x", "`id`"}) {
    Annotate(path);
    for (int i = 0; i < 100; ++i) {
      host_.Pass(std::chrono::milliseconds(500), std::chrono::milliseconds(500));
      reasons.push_back(api::ReadString(WaitingOf(0), "reason"));
    }
    EXPECT_THAT(api::ReadString(WaitingOf(0), "message"), HasSubstr("\"$(P)\", which becomes \"" + path + "\""));
  }
  EXPECT_THAT(reasons, Each("CreateContainerConfigError"));
  EXPECT_THAT(host_.events, Contains(HasSubstr("Warning Failed Error: container \"main\", volumeMount \"v\"")));
  EXPECT_EQ(host_.Count("CreateContainer main"), 0U);
  Annotate("good/path");  // and at once, whatever the last pause was
  EXPECT_EQ(host_.Running(), "main#0 second#0");
  EXPECT_EQ(host_.Phase(), "Running");
}

TEST_F(WrongConfig, AsIsAnEnvironmentThatCannotBeHad) {
  host_.StartAgent();
  Json spec = Spec({}, {"main", "second"});
  spec["containers"][0]["env"] = Json::parse(
      R"([{"name":"P","valueFrom":{"resourceFieldRef":{"containerName":"third","resource":"limits.cpu"}}}])");
  host_.Apply(std::move(spec));
  host_.Pass(seconds(60), seconds(1));
  EXPECT_EQ(WaitingOf(0)["reason"], "CreateContainerConfigError");
  EXPECT_THAT(api::ReadString(WaitingOf(0), "message"), HasSubstr("\"third\": the pod has no such container"));
  EXPECT_EQ(host_.Running(), "second#0");
}

TEST_F(WrongConfig, AnExpressionMayAskForTheAddress) {
  host_.StartAgent();
  Json spec = AsksForItsPath();
  spec["containers"][0]["env"][0] =
      Json::parse(R"({"name":"P","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}})");
  host_.Apply(std::move(spec));
  host_.Settle();
  EXPECT_EQ(host_.Running(), "main#0 second#0");
  std::vector<std::string> mounted;
  for (const auto& mount : host_.runtime.ContainerConfigOf(host_.runtime.Find("kubia-0", "main")->id).mounts) {
    mounted.push_back(mount.container_path);
  }
  EXPECT_THAT(mounted, Contains("/data"));
}

}  // namespace
}  // namespace ordinal::podsync
