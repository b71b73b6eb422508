#include "agent/podsync/steps/runtime_class.h"

#include <filesystem>

#include "agent/podsync/pod_status.h"
#include "agent/podsync/steps/make_sandbox.h"
#include "agent/podsync/steps/prepare_volumes.h"
#include "agent/podsync/steps/start_container.h"
#include "tests/unit/agent/podsync/steps/step_test_base.h"

namespace ordinal::podsync {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RuntimeClassStep : public StepTest {
 protected:
  RuntimeClassStep() {
    services_.node.runtime.runtime = "containerd 2.1.9";
    services_.node.runtime.image_volumes = services_.node.runtime.image_sub_paths = true;
    services_.node.runtime.handlers["newer"] = {true, true};
    services_.handler_of = [](const std::string& name) -> Result<std::string> {
      if (name == "new") return std::string("newer");
      return MakeError(ErrorCode::kNotFound, "none");
    };
  }
  /// A pod of this class; its directory is there.
  StepContext& Of(const char* runtime_class, Json more = Json::object()) {
    Json spec = Spec({}, {"main"});
    if (*runtime_class != '\0') spec["runtimeClassName"] = runtime_class;
    spec.merge_patch(more);
    std::filesystem::create_directories(layout_.Pod(kUid));
    return For(spec);
  }
  Status Start(StepContext& context) {
    TRYV(RunTask(io_, Perform(context, PrepareVolumes())));
    TRYV(RunTask(io_, Perform(context, MakeSandbox{0})));
    const StartContainer step{false, 0, 0};
    return RunTask(io_, Perform(context, step, [] { return true; }));
  }
  std::vector<cri::Mount> Mounts() {
    const cri::Container* container = runtime_.Find("kubia-0", "main");
    return container == nullptr ? std::vector<cri::Mount>() : runtime_.ContainerConfigOf(container->id).mounts;
  }
};

TEST_F(RuntimeClassStep, TheSandboxIsRunByTheHandlerOfTheClass) {
  StepContext& context = Of("new");
  ASSERT_TRUE(RunTask(io_, Perform(context, MakeSandbox{0})).ok());
  EXPECT_EQ(context.sandbox_config.runtime_handler, "newer");
  StepContext& usual = Of("");
  ASSERT_TRUE(RunTask(io_, Perform(usual, MakeSandbox{1})).ok());
  EXPECT_EQ(usual.sandbox_config.runtime_handler, "");
}

TEST_F(RuntimeClassStep, AClassThatIsGoneIsWaitedFor) {
  const Status made = RunTask(io_, Perform(Of("gone"), MakeSandbox{0}));
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().reason, "FailedCreatePodSandBox");
  EXPECT_THAT(made.error().message,
              HasSubstr("failed to get sandbox runtime: runtimeclass.node.k8s.io \"gone\" not found"));
  EXPECT_TRUE(runtime_.sandboxes().empty());
}

TEST_F(RuntimeClassStep, AUserNamespaceIsTheSandboxsTheContainersAndTheMounts) {
  StepContext& context = Of("new", Json{{"hostUsers", false}});
  ASSERT_TRUE(Start(context).ok());
  const cri::IdRange range{65536, 65536};
  EXPECT_EQ(context.sandbox_config.namespaces.users, range);
  const cri::Container* container = runtime_.Find("kubia-0", "main");
  ASSERT_NE(container, nullptr);
  const cri::ContainerConfig& config = runtime_.ContainerConfigOf(container->id);
  EXPECT_EQ(config.namespaces.users, range);
  for (const cri::Mount& mount : config.mounts) EXPECT_EQ(mount.ids, range) << mount.container_path;
}

TEST_F(RuntimeClassStep, AHandlerWithoutUserNamespacesSaysSo) {
  const Status made = RunTask(io_, Perform(Of("", Json{{"hostUsers", false}}), MakeSandbox{0}));
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().reason, "FailedCreatePodSandBox");
  EXPECT_THAT(made.error().message,
              HasSubstr("can't set `spec.hostUsers: false`, runtime does not support user namespaces"));
  EXPECT_FALSE(std::filesystem::exists(layout_.UserNamespace(kUid)));
}

TEST_F(RuntimeClassStep, ANameThatTheKernelCannotHoldIsTold) {
  Json spec{{"setHostnameAsFQDN", true}, {"subdomain", std::string(40, 's')}};
  const Status made = RunTask(io_, Perform(Of("", spec), MakeSandbox{0}));
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, HasSubstr("is too long (64 characters is the max"));
}

Json Mounting(Json volume, Json mount) {
  mount["name"] = volume["name"] = "v";
  mount["mountPath"] = "/v";
  Json spec;
  spec["volumes"] = Json::array({Json{{"name", "e"}, {"emptyDir", Json::object()}}, volume});
  Json containers = Containers({"main"});
  containers[0]["volumeMounts"] = Json::array({mount, Json{{"name", "e"}, {"mountPath", "/e"}}});
  spec["containers"] = containers;
  return spec;
}

TEST_F(RuntimeClassStep, AnImageIsMountedByItsName) {
  runtime_.AddImage("files:1");
  StepContext& context =
      Of("", Mounting(Json{{"image", {{"reference", "files:1"}, {"pullPolicy", "Never"}}}}, Json{{"subPath", "a/b"}}));
  ASSERT_TRUE(Start(context).ok());
  const std::vector<cri::Mount> mounts = Mounts();
  ASSERT_GE(mounts.size(), 2U);
  EXPECT_EQ(mounts[0].container_path, "/v");
  EXPECT_EQ(mounts[0].image, "files:1");
  EXPECT_EQ(mounts[0].image_sub_path, "a/b");
  EXPECT_EQ(mounts[0].host_path, "");
  EXPECT_TRUE(mounts[0].readonly);
  EXPECT_EQ(mounts[1].container_path, "/e") << "the others are in their order";
  EXPECT_NE(mounts[1].host_path, "");
}

TEST_F(RuntimeClassStep, AnImageThatIsNotThereIsWaitedForByItsContainer) {
  StepContext& context =
      Of("", Mounting(Json{{"image", {{"reference", "files:1"}, {"pullPolicy", "Never"}}}}, Json::object()));
  ASSERT_TRUE(Start(context).ok());
  EXPECT_EQ(memory_.waiting["main"].reason, "ErrImageNeverPull");
  EXPECT_EQ(runtime_.Find("kubia-0", "main"), nullptr);
}

TEST_F(RuntimeClassStep, OneStartPullsAnImageOnceHoweverManyMountsShowIt) {
  runtime_.AddRemoteImage("files:1");
  runtime_.AddRemoteImage("more:1");
  Json spec = Mounting(Json{{"image", {{"reference", "files:1"}, {"pullPolicy", "Always"}}}}, Json::object());
  spec["volumes"].push_back(Json{{"name", "w"}, {"image", {{"reference", "more:1"}, {"pullPolicy", "Always"}}}});
  Json& container = spec["containers"][0];
  container["image"] = "files:1";
  container["imagePullPolicy"] = "Always";
  container["volumeMounts"].push_back(Json{{"name", "v"}, {"mountPath", "/again"}});
  container["volumeMounts"].push_back(Json{{"name", "w"}, {"mountPath", "/w"}});
  StepContext& context = Of("", spec);
  ASSERT_TRUE(RunTask(io_, Perform(context, PrepareVolumes())).ok());
  ASSERT_TRUE(RunTask(io_, Perform(context, MakeSandbox{0})).ok());
  const auto start = [&](uint32_t attempt) {
    const StartContainer step{false, 0, attempt};
    EXPECT_TRUE(RunTask(io_, Perform(context, step, [] { return true; })).ok());
    RunReady(io_);
  };
  const auto pulls = [this] {
    size_t count = 0;
    for (const std::string& call : runtime_.calls()) count += call.starts_with("PullImage") ? 1 : 0;
    return count;
  };
  for (int tries = 0; tries < 3 && runtime_.Find("kubia-0", "main") == nullptr; ++tries) start(0);
  ASSERT_NE(runtime_.Find("kubia-0", "main"), nullptr) << "one look for each of two images, and the start";
  EXPECT_EQ(Mounts().at(0).image, "files:1");
  EXPECT_EQ(Mounts().at(2).image, "files:1");
  EXPECT_EQ(pulls(), 2U);
  start(1);
  EXPECT_EQ(pulls(), 3U) << "the next start is another one";
}

TEST_F(RuntimeClassStep, ASubPathThatTheRuntimeWouldIgnoreIsTold) {
  services_.node.runtime.image_sub_paths = false;
  runtime_.AddImage("files:1");
  const Status started = Start(
      Of("", Mounting(Json{{"image", {{"reference", "files:1"}, {"pullPolicy", "Never"}}}}, Json{{"subPath", "a"}})));
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().reason, "CreateContainerConfigError");
  EXPECT_THAT(started.error().message, HasSubstr("needs containerd 2.2 or later, and here is containerd 2.1.9"));
}

TEST_F(RuntimeClassStep, ARuntimeWithoutImageVolumesSaysSo) {
  services_.node.runtime.image_volumes = false;
  services_.node.runtime.runtime = "containerd 1.6.20";
  const Status made = RunTask(
      io_, Perform(Of("", Mounting(Json{{"image", {{"reference", "files:1"}}}}, Json::object())), PrepareVolumes()));
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().reason, "FailedMount");
  EXPECT_THAT(made.error().message, HasSubstr("needs containerd 2.1 or later, and here is containerd 1.6.20"));
}

TEST_F(RuntimeClassStep, ReadOnlyAllTheWayDownWhereTheHandlerCan) {
  const Json empty{{"emptyDir", Json::object()}};
  const auto with = [&](const char* runtime_class, const char* mode) -> Result<bool> {
    StepContext& context = Of(runtime_class, Mounting(empty, Json{{"readOnly", true}, {"recursiveReadOnly", mode}}));
    return IsRecursivelyReadOnly(context, context.pod.spec.containers[0].mounts[0]);
  };
  EXPECT_TRUE(*with("new", "Enabled"));
  EXPECT_TRUE(*with("new", "IfPossible"));
  EXPECT_FALSE(*with("new", "Disabled"));
  EXPECT_FALSE(*with("", "IfPossible"));
  const Result<bool> refused = with("", "Enabled");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "CreateContainerConfigError");
  EXPECT_THAT(refused.error().message, HasSubstr("volume \"v\" requested recursive read-only mode, but it is not "
                                                 "supported by the runtime"));
  StepContext& context = Of("new", Mounting(empty, Json{{"readOnly", true}, {"recursiveReadOnly", "Enabled"}}));
  ASSERT_TRUE(Start(context).ok());
  EXPECT_TRUE(Mounts().at(0).recursive_readonly);
  EXPECT_FALSE(Mounts().at(1).recursive_readonly);
}

TEST(RuntimeFeatures, AStatusShowsWhichMountsAreReadOnlyAllTheWayDown) {
  Json spec = Spec({}, {"main"});
  for (const char* mode : {"Enabled", "IfPossible", "Disabled"}) {
    spec["containers"][0]["volumeMounts"].push_back(
        {{"name", mode}, {"mountPath", mode}, {"readOnly", true}, {"recursiveReadOnly", mode}});
  }
  for (const bool can : {true, false}) {
    StatusFacts facts;
    facts.recursive_read_only = can;
    Held held;
    held.Sandbox("s").Running("main");
    const api::PodStatus status = MakePodStatus(PodWith(spec), {}, held.state(), {}, facts, Noon());
    const std::vector<api::VolumeMountStatus>& mounts = status.container_statuses.at(0).volume_mounts;
    EXPECT_TRUE(mounts.at(0).recursive_read_only);
    EXPECT_EQ(mounts.at(1).recursive_read_only, can);
    EXPECT_FALSE(mounts.at(2).recursive_read_only);
  }
}

TEST(RuntimeFeatures, ImageVolumesGoByTheVersionOfContainerd) {
  const auto has = [](const char* name, const char* version) {
    cri::Version told;
    told.runtime_name = name;
    told.runtime_version = version;
    return FeaturesOf(cri::RuntimeStatus(), told);
  };
  for (const char* good : {"2.1.0", "v2.1.9", "2.2.0-rc.1", "3.0.0", "2.10.0"})
    EXPECT_TRUE(has("containerd", good).image_volumes) << good;
  for (const char* bad : {"1.6.20~ds1", "1.7.24", "v2.0.5", "", "unknown"})
    EXPECT_FALSE(has("containerd", bad).image_volumes) << bad;
  EXPECT_FALSE(has("other", "2.1.0").image_volumes);
  EXPECT_FALSE(has("containerd", "2.1.9").image_sub_paths);
  EXPECT_TRUE(has("containerd", "2.2.0").image_sub_paths);
}

}  // namespace
}  // namespace ordinal::podsync
