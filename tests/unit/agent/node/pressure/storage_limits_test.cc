// What pods may take of the disk, and what they are told when they take more.
#include "agent/node/pressure/storage_limits.h"

#include <gtest/gtest.h>

#include "tests/unit/agent/node/pressure/pods.h"

namespace ordinal::node {
namespace {

using api::Json;

StorageLimits LimitsOf(const char* spec) { return StorageLimitsOf(*ViewOf(PodNamed("a", Json::parse(spec)))); }

constexpr char kAll[] = R"({
  "containers": [{"name": "main", "resources": {"limits": {"ephemeral-storage": "1Mi"}}},
                 {"name": "side", "resources": {"limits": {"ephemeral-storage": "2Mi"}}}],
  "volumes": [{"name": "cache", "emptyDir": {"sizeLimit": "10M"}}, {"name": "free", "emptyDir": {}},
              {"name": "memory", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
              {"name": "host", "hostPath": {"path": "/tmp"}}]})";

TEST(StorageLimits, AreThoseOfVolumesContainersAndThePod) {
  const StorageLimits limits = LimitsOf(kAll);
  ASSERT_EQ(limits.volumes.size(), 1U);
  EXPECT_EQ(limits.volumes[0].name, "cache");
  EXPECT_EQ(limits.volumes[0].bytes, 10'000'000);
  EXPECT_EQ(limits.containers.size(), 2U);
  EXPECT_EQ(limits.pod, 3 << 20);
  EXPECT_EQ(limits.disk, (std::vector<std::string>{"cache", "free"}));
  EXPECT_FALSE(LimitsOf(R"({"volumes": [{"name": "free", "emptyDir": {}}]})").any());
}

TEST(StorageLimits, OfThePodCountInitContainersAndSidecars) {
  const int64_t mi = 1 << 20;
  const auto limits = [](const char* small, const char* large) {
    const auto with = [](const char* name, const char* limit) {
      return Json{{"name", name}, {"resources", {{"limits", {{"ephemeral-storage", limit}}}}}};
    };
    Json sidecar = with("sidecar", "2Mi");
    sidecar["restartPolicy"] = "Always";
    Json spec;
    spec["initContainers"] = Json::array({with("first", large), sidecar, with("second", small)});
    spec["containers"] = Json::array({with("main", "1Mi")});
    return StorageLimitsOf(*ViewOf(PodNamed("a", spec)));
  };
  EXPECT_EQ(limits("512Ki", "1Mi").pod, 3 * mi) << "the sidecar and the main container";
  EXPECT_EQ(limits("4Mi", "1Mi").pod, 6 * mi) << "an init container beside the sidecar before it";
  EXPECT_EQ(limits("1Mi", "9Mi").pod, 9 * mi) << "an init container alone";
  EXPECT_EQ(limits("1Mi", "9Mi").containers.size(), 1U);
}

TEST(StorageLimits, TheFirstThatIsExceededIsSaid) {
  const StorageLimits limits = LimitsOf(kAll);
  const int64_t mi = 1 << 20;
  EXPECT_EQ(StorageExcess(limits, {{{"cache", mi}}, {{"main", mi / 2}}, {{"main", mi / 2}}}), "");
  EXPECT_EQ(StorageExcess(limits, {{{"cache", 10 * mi}}, {}, {}}),
            "Usage of EmptyDir volume \"cache\" exceeds the limit \"10M\". ");
  EXPECT_EQ(StorageExcess(limits, {{{"cache", 2 * mi}, {"free", mi}}, {}, {{"side", 1}}}),
            "Pod ephemeral local storage usage exceeds the total limit of containers 3Mi. ");
  EXPECT_EQ(StorageExcess(limits, {{}, {{"main", mi}}, {{"main", 1}}}),
            "Container main exceeded its local ephemeral storage limit \"1Mi\". ");
}

}  // namespace
}  // namespace ordinal::node
