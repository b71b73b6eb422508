#include "agent/podsync/volume_specs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/agent/podsync/pods.h"

namespace ordinal::podsync {
namespace {

using ::testing::HasSubstr;

const EnvFacts kFacts{{"10.244.0.7"}, {}, 0, 0};

/// The claims and volumes of a store.
struct Stored {
  std::map<std::string, api::Object> objects;

  Stored& Claim(const std::string& name, const std::string& volume, const std::string& phase = "Bound") {
    objects["claim " + name] =
        api::Object({{"kind", "PersistentVolumeClaim"},
                     {"metadata", {{"name", name}, {"namespace", "default"}, {"uid", "claim-uid"}}},
                     {"spec", {{"volumeName", volume}}},
                     {"status", {{"phase", phase}}}});
    return *this;
  }

  Stored& Volume(const std::string& name, Json source, const std::string& claim_uid = "claim-uid") {
    source["claimRef"] = {{"name", "data"}, {"namespace", "default"}, {"uid", claim_uid}};
    objects["volume " + name] =
        api::Object({{"kind", "PersistentVolume"}, {"metadata", {{"name", name}}}, {"spec", source}});
    return *this;
  }

  template <class T>
  api::Ref<T> Find(const std::string& key) const {
    const auto found = objects.find(key);
    return found == objects.end() ? api::Ref<T>() : api::Ref<T>(T::From(found->second));
  }

  VolumeLookups Lookups() const {
    return {[this](const std::string& ns, const std::string& name) {
              return Find<api::PersistentVolumeClaim>(ns == "default" ? "claim " + name : "");
            },
            [this](const std::string& name) { return Find<api::PersistentVolume>("volume " + name); }};
  }
};

api::Pod PodWithVolume(const std::string& volume) {
  Json spec = Spec({}, {"a"});
  spec["volumes"] = {Json::parse(volume)};
  return PodWith(spec);
}

Result<volumes::VolumeSpec> Resolve(const std::string& volume, const Stored& stored = {}) {
  TRY(auto out, ResolveVolumes(PodWithVolume(volume), kLayout, stored.Lookups(), kFacts));
  EXPECT_EQ(out.volumes.size(), 1U);
  return out.volumes.front();
}

const char kClaimed[] = R"({"name":"v","persistentVolumeClaim":{"claimName":"data"}})";

TEST(EmptyDir, OfEveryKind) {
  struct Row {
    std::string volume;
    bool memory;
    std::optional<int64_t> limit;
  };
  for (const Row& row :
       std::vector<Row>{{R"({"name":"v"})", false, {}},
                        {R"({"name":"v","emptyDir":{}})", false, {}},
                        {R"({"name":"v","emptyDir":{"medium":"Memory","sizeLimit":"1Mi"}})", true, 1 << 20},
                        {R"({"name":"v","emptyDir":{"sizeLimit":512}})", false, 512}}) {
    const auto spec = Resolve(row.volume);
    ASSERT_TRUE(spec.ok()) << row.volume;
    EXPECT_EQ(spec->name, "v");
    const auto& source = std::get<volumes::EmptyDir>(spec->source);
    EXPECT_EQ(source.memory, row.memory) << row.volume;
    EXPECT_EQ(source.size_limit, row.limit) << row.volume;
  }
}

TEST(EmptyDir, OfMemoryIsNoLargerThanThePodMayBecome) {
  struct Row {
    std::string limits, volume;
    std::optional<int64_t> limit;
  };
  const std::string memory = R"({"name":"v","emptyDir":{"medium":"Memory"}})";
  const std::string sized = R"({"name":"v","emptyDir":{"medium":"Memory","sizeLimit":"1Mi"}})";
  for (const Row& row : std::vector<Row>{{R"({})", memory, {}},
                                         {R"({"memory":"8Mi"})", memory, 8 << 20},
                                         {R"({"memory":"8Mi"})", sized, 1 << 20},
                                         {R"({"memory":"512Ki"})", sized, 512 << 10},
                                         {R"({"memory":"8Mi"})", R"({"name":"v","emptyDir":{}})", {}}}) {
    api::Json body = PodWithVolume(row.volume).object.body();
    body["spec"]["containers"][0]["resources"]["limits"] = api::Json::parse(row.limits);
    const auto out = ResolveVolumes(api::Pod::From(api::Object(body)), kLayout, Stored().Lookups(), kFacts);
    ASSERT_TRUE(out.ok());
    EXPECT_EQ(std::get<volumes::EmptyDir>(out->volumes.front().source).size_limit, row.limit)
        << row.limits << " " << row.volume;
  }
}

TEST(EmptyDir, OfHugePagesIsOfTheSizeThatIsNamedOrThatThePodHas) {
  for (const char* medium : {"HugePages-2Mi", "HugePages"}) {
    api::Json body = PodWithVolume(R"({"name":"v"})").object.body();
    body["spec"]["volumes"][0]["emptyDir"]["medium"] = medium;
    body["spec"]["containers"][0]["resources"]["requests"] = {{"hugepages-2Mi", "4Mi"}, {"memory", "8Mi"}};
    const auto out = ResolveVolumes(api::Pod::From(api::Object(body)), kLayout, Stored().Lookups(), kFacts);
    ASSERT_TRUE(out.ok());
    const auto& source = std::get<volumes::EmptyDir>(out->volumes.front().source);
    EXPECT_TRUE(source.memory);
    EXPECT_EQ(source.page_size, 2 << 20) << medium;
    EXPECT_EQ(source.size_limit, std::nullopt);
  }
  api::Json body = PodWithVolume(R"({"name":"v","emptyDir":{"medium":"HugePages"}})").object.body();
  body["spec"]["resources"]["requests"] = {{"hugepages-2Mi", "4Mi"}, {"memory", "8Mi"}};
  const auto out = ResolveVolumes(api::Pod::From(api::Object(body)), kLayout, Stored().Lookups(), kFacts);
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(std::get<volumes::EmptyDir>(out->volumes.front().source).page_size, 2 << 20) << "of the pod as a whole";
}

TEST(HostPath, OfEveryType) {
  const std::vector<std::pair<std::string, volumes::HostPathType>> table = {
      {"", volumes::HostPathType::kAny},
      {"DirectoryOrCreate", volumes::HostPathType::kDirectoryOrCreate},
      {"Directory", volumes::HostPathType::kDirectory},
      {"FileOrCreate", volumes::HostPathType::kFileOrCreate},
      {"File", volumes::HostPathType::kFile},
      {"Socket", volumes::HostPathType::kSocket},
      {"CharDevice", volumes::HostPathType::kCharDevice},
      {"BlockDevice", volumes::HostPathType::kBlockDevice},
  };
  for (const auto& [type, expected] : table) {
    const auto spec = Resolve(R"({"name":"v","hostPath":{"path":"/srv","type":")" + type + "\"}}");
    ASSERT_TRUE(spec.ok());
    const auto& source = std::get<volumes::HostPath>(spec->source);
    EXPECT_EQ(source.path, "/srv");
    EXPECT_EQ(source.type, expected) << type;
  }
}

TEST(Claim, LeadsToTheDirectoryBehindItsVolume) {
  struct Row {
    Json source;
    std::string path;
    bool create, fs_group;
  };
  const std::vector<Row> table = {
      {Json::parse(R"({"hostPath":{"path":"/srv/a"}})"), "/srv/a", true, false},
      {Json::parse(R"({"local":{"path":"/disk"}})"), "/disk", false, true},
      {Json::parse(R"({"gcePersistentDisk":{"pdName":"pd-a"}})"), "/var/lib/ordinald/volumes/_disks/pd-a", true, true},
  };
  for (const Row& row : table) {
    const auto spec = Resolve(kClaimed, Stored().Claim("data", "pv").Volume("pv", row.source));
    ASSERT_TRUE(spec.ok()) << spec.error().message;
    const auto& source = std::get<volumes::LocalDirectory>(spec->source);
    EXPECT_EQ(source.path, row.path);
    EXPECT_EQ(source.create, row.create) << row.path;
    EXPECT_EQ(source.fs_group, row.fs_group) << row.path;
    EXPECT_FALSE(spec->read_only);
  }
}

TEST(Claim, MayBeReadOnly) {
  const Stored stored = Stored().Claim("data", "pv").Volume("pv", Json::parse(R"({"local":{"path":"/disk"}})"));
  const auto spec = Resolve(R"({"name":"v","persistentVolumeClaim":{"claimName":"data","readOnly":true}})", stored);
  ASSERT_TRUE(spec.ok());
  EXPECT_TRUE(spec->read_only);
}

TEST(Claim, IsWaitedForUntilItIsBoundBothWays) {
  const Json local = Json::parse(R"({"local":{"path":"/disk"}})");
  struct Row {
    std::string name;
    Stored stored;
    std::string message;
  };
  const std::vector<Row> table = {
      {"no claim", Stored(), "claim \"data\" does not exist"},
      {"pending", Stored().Claim("data", "", "Pending"), "claim \"data\" is not bound"},
      {"lost", Stored().Claim("data", "pv", "Lost"), "claim \"data\" is not bound"},
      {"no volume", Stored().Claim("data", "pv"), "volume \"pv\" of claim \"data\" does not exist"},
      {"another's", Stored().Claim("data", "pv").Volume("pv", local, "another"), "bound to another claim"},
  };
  for (const Row& row : table) {
    const auto spec = Resolve(kClaimed, row.stored);
    ASSERT_FALSE(spec.ok()) << row.name;
    EXPECT_EQ(spec.error().code, ErrorCode::kFailedPrecondition) << row.name;
    EXPECT_EQ(spec.error().reason, "FailedMount") << row.name;
    EXPECT_THAT(spec.error().message, HasSubstr(row.message)) << row.name;
    EXPECT_THAT(spec.error().message, HasSubstr("volume \"v\"")) << row.name;
  }
}

TEST(Disk, WhoseNameLeavesTheDirectoryIsRefused) {
  const Stored stored =
      Stored().Claim("data", "pv").Volume("pv", Json::parse(R"({"gcePersistentDisk":{"pdName":"../x"}})"));
  EXPECT_EQ(Resolve(kClaimed, stored).error().code, ErrorCode::kInvalid);
}

TEST(Sources, OfOtherKindsAreNamedAsUnsupported) {
  EXPECT_EQ(std::get<volumes::Unsupported>(Resolve(R"({"name":"v","nfs":{"server":"x"}})")->source).kind, "nfs");
  const Stored stored = Stored().Claim("data", "pv").Volume("pv", Json::parse(R"({"csi":{"driver":"x"}})"));
  EXPECT_EQ(std::get<volumes::Unsupported>(Resolve(kClaimed, stored)->source).kind, "csi");
}

TEST(Mounts, AreThoseOfEveryContainerInOrder) {
  Json spec = Spec({"i"}, {"a"});
  spec["volumes"] = Json::parse(R"([{"name":"v"}])");
  spec["initContainers"][0]["volumeMounts"] = Json::parse(R"([{"name":"v","mountPath":"/i"}])");
  spec["containers"][0]["env"] =
      Json::parse(R"([{"name":"POD","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}])");
  spec["containers"][0]["volumeMounts"] = Json::parse(R"x([
      {"name":"v","mountPath":"/x","subPathExpr":"logs/$(POD)","readOnly":true},
      {"name":"v","mountPath":"/y","subPath":"s","mountPropagation":"HostToContainer"},
      {"name":"v","mountPath":"/z","mountPropagation":"Bidirectional"}])x");
  spec["securityContext"] = Json::parse(R"({"fsGroup":2000,"fsGroupChangePolicy":"OnRootMismatch"})");
  const auto out = ResolveVolumes(PodWith(spec), kLayout, Stored().Lookups(), kFacts);
  ASSERT_TRUE(out.ok());
  std::vector<std::string> lines;
  for (const volumes::MountSpec& mount : out->mounts) {
    lines.push_back(fmt::format("{} {} {} '{}'{} {}", mount.container, mount.volume, mount.mount_path, mount.sub_path,
                                mount.read_only ? " ro" : "", static_cast<int>(mount.propagation)));
  }
  EXPECT_THAT(lines,
              ::testing::ElementsAre("i v /i '' 0", "a v /x 'logs/kubia-0' ro 0", "a v /y 's' 1", "a v /z '' 2"));
  EXPECT_EQ(out->uid, kUid);
  EXPECT_EQ(out->fs_group, 2000);
  EXPECT_EQ(out->fs_group_policy, volumes::FsGroupPolicy::kOnRootMismatch);
}

}  // namespace
}  // namespace ordinal::podsync
