#include "volumes/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ordinal::volumes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Layout kLayout{Directories{}};
const std::string kPod = "/var/lib/ordinald/pods/u";
const std::string kEmpty = kPod + "/volumes/kubernetes.io~empty-dir/v";
const std::string kSecret = kPod + "/volumes/kubernetes.io~secret/v",
                  kMap = kPod + "/volumes/kubernetes.io~configmap/v";
const std::vector<ConfigFile> kFiles = {{"a", std::make_shared<const std::string>("text"), 0400}};
const std::string kMarker = kPod + "/owned/v";

PodVolumesSpec PodWith(VolumeSpec volume, std::optional<int64_t> fs_group = {}) {
  return {.uid = "u", .volumes = {std::move(volume)}, .mounts = {}, .fs_group = fs_group};
}

struct SetUpCase {
  std::string name;
  PodVolumesSpec pod;
  Found found;
  std::vector<SetUpAction> expected;
};

class SetUp : public ::testing::TestWithParam<SetUpCase> {};

TEST_P(SetUp, PlansTheActionsOfOneVolume) {
  const auto steps = PlanSetUp(kLayout, GetParam().pod, GetParam().found);
  ASSERT_TRUE(steps.ok()) << steps.error().message;
  std::vector<SetUpAction> actions;
  for (const SetUpStep& step : *steps) {
    EXPECT_EQ(step.volume, "v");
    actions.push_back(step.action);
  }
  EXPECT_EQ(actions, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Plan, SetUp,
    ::testing::Values(
        SetUpCase{"DiskEmptyDir", PodWith({"v", EmptyDir{}}), {}, {MakeEmptyDir{kEmpty, 0777, {}}}},
        SetUpCase{"DiskEmptyDirOfAGroup", PodWith({"v", EmptyDir{}}, 2000), {}, {MakeEmptyDir{kEmpty, 02777, 2000}}},
        SetUpCase{"EmptyDirOfHugePages",
                  PodWith({"v", EmptyDir{.memory = true, .page_size = 2 << 20}}),
                  {},
                  {MountTmpfs{kEmpty, {.page_size = 2 << 20}}}},
        SetUpCase{"MemoryEmptyDir", PodWith({"v", EmptyDir{.memory = true}}), {}, {MountTmpfs{kEmpty, {}}}},
        SetUpCase{"MemoryEmptyDirWithLimitOfAGroup",
                  PodWith({"v", EmptyDir{.memory = true, .size_limit = 1 << 20}}, 2000),
                  {},
                  {MountTmpfs{kEmpty, {.size = 1 << 20, .mode = 03777, .gid = 2000}}}},
        SetUpCase{
            "ZeroIsNoLimit", PodWith({"v", EmptyDir{.memory = true, .size_limit = 0}}), {}, {MountTmpfs{kEmpty, {}}}},
        SetUpCase{"MemoryEmptyDirThatIsMounted", PodWith({"v", EmptyDir{.memory = true}}), {{kEmpty}, {}}, {}},
        SetUpCase{"HostPathWithoutType", PodWith({"v", HostPath{"/srv/x"}}, 2000), {}, {}},
        SetUpCase{"HostPathWithType",
                  PodWith({"v", HostPath{"/srv/x", HostPathType::kSocket}}, 2000),
                  {},
                  {CheckHostPath{"/srv/x", HostPathType::kSocket}}},
        SetUpCase{"Local", PodWith({"v", LocalDirectory{"/disk"}}), {}, {CheckLocalDirectory{"/disk", false}}},
        SetUpCase{"LocalOfAGroup",
                  PodWith({"v", LocalDirectory{"/disk", true}}, 2000),
                  {},
                  {CheckLocalDirectory{"/disk", true}, SetGroup{"/disk", 2000, FsGroupPolicy::kAlways, kMarker}}},
        SetUpCase{"LocalThatTheGroupOwnsAlready",
                  PodWith({"v", LocalDirectory{"/disk"}}, 2000),
                  {{}, {"v"}},
                  {CheckLocalDirectory{"/disk", false}}},
        SetUpCase{"LocalOfTypeHostPath",
                  PodWith({"v", LocalDirectory{"/disk", false, false}}, 2000),
                  {},
                  {CheckLocalDirectory{"/disk", false}}},
        SetUpCase{"ReadOnlyLocal",
                  PodWith({"v", LocalDirectory{"/disk"}, true}, 2000),
                  {},
                  {CheckLocalDirectory{"/disk", false}}},
        SetUpCase{"Secret",
                  PodWith({"v", ConfigFiles{"kubernetes.io~secret", true, "1", kFiles}}),
                  {},
                  {MountTmpfs{kSecret, {.size = {}, .mode = 01777, .gid = {}}}, WriteFiles{kSecret, kFiles, {}}}},
        SetUpCase{"SecretThatIsMounted",
                  PodWith({"v", ConfigFiles{"kubernetes.io~secret", true, "1", kFiles}}, 2000),
                  {{kSecret}, {}},
                  {WriteFiles{kSecret, kFiles, 2000}}},
        SetUpCase{"ConfigMap",
                  PodWith({"v", ConfigFiles{"kubernetes.io~configmap", false, "1", kFiles}}, 2000),
                  {},
                  {MakeEmptyDir{kMap, 02777, 2000}, WriteFiles{kMap, kFiles, 2000}}},
        SetUpCase{"ConfigMapThatIsMissing",
                  PodWith({"v", ConfigFiles{"kubernetes.io~configmap", false, "1", {}, Error()}}),
                  {},
                  {KeepFiles{kMap, {}}}}),
    [](const auto& test) { return test.param.name; });

struct RefusalCase {
  std::string name;
  PodVolumesSpec pod;
  ErrorCode code;
  std::string message;
};

class Refusal : public ::testing::TestWithParam<RefusalCase> {};

TEST_P(Refusal, NamesTheVolumeAndWhatIsWrong) {
  const auto steps = PlanSetUp(kLayout, GetParam().pod, {});
  ASSERT_FALSE(steps.ok());
  EXPECT_EQ(steps.error().code, GetParam().code);
  EXPECT_THAT(steps.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Plan, Refusal,
    ::testing::Values(
        RefusalCase{"Unsupported", PodWith({"v", Unsupported{"nfs"}}), ErrorCode::kNotSupported,
                    "volume \"v\": source nfs"},
        RefusalCase{"Relative", PodWith({"v", HostPath{"srv"}}), ErrorCode::kInvalid, "volume \"v\": path \"srv\""},
        RefusalCase{"ParentStep", PodWith({"v", LocalDirectory{"/a/../b"}}), ErrorCode::kInvalid, "without \"..\""},
        RefusalCase{"NameIsAPath", PodWith({"../v", EmptyDir{}}), ErrorCode::kInvalid, "volume name \"../v\""},
        RefusalCase{"FileOutside",
                    PodWith({"v", ConfigFiles{"kubernetes.io~secret", true, "", {{"a/../../b", kFiles[0].bytes}}}}),
                    ErrorCode::kInvalid, "volume \"v\": \"a/../../b\" can be no file"},
        RefusalCase{"FileOfOurOwnNames",
                    PodWith({"v", ConfigFiles{"kubernetes.io~secret", true, "", {{"..data", kFiles[0].bytes}}}}),
                    ErrorCode::kInvalid, "can be no file"},
        RefusalCase{"Twice",
                    {.uid = "u", .volumes = {{"v", EmptyDir{}}, {"v", EmptyDir{}}}},
                    ErrorCode::kInvalid,
                    "volume \"v\": the pod has two"},
        RefusalCase{"UnknownVolume",
                    {.uid = "u", .volumes = {}, .mounts = {{"w", "c", "/w"}}},
                    ErrorCode::kInvalid,
                    "volume \"w\": container \"c\" mounts it at /w, but the pod has no such volume"},
        RefusalCase{"SubPathUp",
                    {.uid = "u", .volumes = {{"v", EmptyDir{}}}, .mounts = {{"v", "c", "/v", "a/../../b"}}},
                    ErrorCode::kInvalid,
                    "volume \"v\": subPath \"a/../../b\" must be relative"},
        RefusalCase{"SubPathAbsolute",
                    {.uid = "u", .volumes = {{"v", EmptyDir{}}}, .mounts = {{"v", "c", "/v", "/etc"}}},
                    ErrorCode::kInvalid,
                    "must be relative"},
        RefusalCase{"ContainerIsAPath",
                    {.uid = "u", .volumes = {{"v", EmptyDir{}}}, .mounts = {{"v", "../c", "/v", "x"}}},
                    ErrorCode::kInvalid,
                    "container name"}),
    [](const auto& test) { return test.param.name; });

TEST(Container, GetsItsOwnMountsInOrderWithSubPathsBound) {
  const PodVolumesSpec pod{
      .uid = "u",
      .volumes = {{"v", EmptyDir{}}, {"disk", LocalDirectory{"/disk"}, true}, {"host", HostPath{"/srv"}}},
      .mounts = {{"v", "a", "/v"},
                 {"v", "b", "/other"},
                 {"disk", "a", "/disk"},
                 {"host", "a", "/srv", "sub/dir", true, Propagation::kHostToContainer}},
      .fs_group = {}};

  const auto plan = PlanContainer(kLayout, pod, "a");

  ASSERT_TRUE(plan.ok()) << plan.error().message;
  const std::string bound = kPod + "/volume-subpaths/host/a/2";
  EXPECT_THAT(plan->mounts, ElementsAre(ReadyMount{"/v", kEmpty}, ReadyMount{"/disk", "/disk", true},
                                        ReadyMount{"/srv", bound, true, Propagation::kHostToContainer}));
  EXPECT_THAT(plan->bindings, ElementsAre(SubPathBinding{"host", "/srv", "sub/dir", bound}));
  EXPECT_THAT(PlanContainer(kLayout, pod, "none")->mounts, IsEmpty());
}

TEST(TearDown, UnmountsInReverseAndThenRemovesOnlyThePodsDirectory) {
  const auto actions = PlanTearDown(kLayout, "u", {kEmpty, kEmpty + "/inner", kEmpty});
  ASSERT_TRUE(actions.ok());
  EXPECT_THAT(*actions, ElementsAre(TearDownAction(Unmount{kEmpty}), TearDownAction(Unmount{kEmpty + "/inner"}),
                                    TearDownAction(Unmount{kEmpty}), TearDownAction(RemoveTree{kPod})));
}

TEST(TearDown, NeverUnmountsOutsideThePodsDirectory) {
  const auto actions =
      PlanTearDown(kLayout, "u", {"/", kPod, kPod + "-other/v", "/var/lib/ordinald/volumes/default/claim"});
  ASSERT_TRUE(actions.ok());
  EXPECT_THAT(*actions, ElementsAre(TearDownAction(RemoveTree{kPod})));
}

TEST(TearDown, RefusesAUidThatLeadsElsewhere) {
  for (const std::string uid : {"", ".", "..", "../volumes", "a/b"}) {
    ASSERT_FALSE(PlanTearDown(kLayout, uid, {}).ok()) << uid;
  }
}

}  // namespace
}  // namespace ordinal::volumes
