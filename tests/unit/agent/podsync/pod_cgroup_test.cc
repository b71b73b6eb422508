#include "agent/podsync/pod_cgroup.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "tests/fakes/scratch_directory.h"
#include "tests/unit/agent/podsync/pods.h"

namespace ordinal::podsync {
namespace {

constexpr int64_t kGi = 1LL << 30;

Json Given(const char* resources) { return Json::parse(resources); }

api::PodSpec SpecOf(std::vector<Json> resources, Json whole = Json::object()) {
  Json spec = Spec({}, {});
  for (size_t i = 0; i < resources.size(); ++i) {
    Json container = Containers({fmt::format("c{}", i)})[0];
    container["resources"] = resources[i];
    spec["containers"].push_back(std::move(container));
  }
  spec["resources"] = std::move(whole);
  return PodWith(std::move(spec)).spec;
}

TEST(PodLimits, AreThoseOfAllContainersTogether) {
  const Json full = Given(R"({"requests":{"cpu":"500m","memory":"1Gi"},"limits":{"cpu":"1","memory":"2Gi"}})");
  const Json open = Given(R"({"requests":{"cpu":"250m"},"limits":{"cpu":"1"}})");
  EXPECT_EQ(PodLimitsOf(SpecOf({full, full})), (PodLimits{1024, 200'000, 4 * kGi}));
  EXPECT_EQ(PodLimitsOf(SpecOf({full, open})), (PodLimits{768, 200'000, kNoLimit})) << "one may use all the memory";
  EXPECT_EQ(PodLimitsOf(SpecOf({Json::object()})), (PodLimits{2, kNoLimit, kNoLimit}));
}

TEST(PodLimits, OfTheWholePodGoBeforeThoseOfContainers) {
  const Json whole = Given(R"({"requests":{"cpu":"2"},"limits":{"cpu":"3","memory":"1Gi"}})");
  EXPECT_EQ(PodLimitsOf(SpecOf({Json::object()}, whole)), (PodLimits{2048, 300'000, kGi}));
}

TEST(PodLimits, HaveRoomForWhatThePodTakesBeyondItsContainers) {
  const Json full = Given(R"({"requests":{"cpu":"500m","memory":"1Gi"},"limits":{"cpu":"1","memory":"2Gi"}})");
  api::PodSpec spec = SpecOf({full});
  spec.overhead["cpu"] = *api::Quantity::Parse("500m");
  spec.overhead["memory"] = *api::Quantity::Parse("1Gi");
  EXPECT_EQ(PodLimitsOf(spec), (PodLimits{1024, 150'000, 3 * kGi}));
  api::PodSpec open = SpecOf({Json::object()});
  open.overhead = spec.overhead;
  EXPECT_EQ(PodLimitsOf(open), (PodLimits{512, kNoLimit, kNoLimit})) << "no limit comes of it";
}

class PodCgroup : public ::testing::Test {
 protected:
  void Put(const std::string& file, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  std::string Read(const std::string& file) {
    std::ifstream in(root_ / file);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  Status Write(const PodLimits& limits, LimitsPart part = LimitsPart::kAll) {
    return WritePodLimits(root_.path(), "/kubepods/poda", limits, part);
  }

  fakes::ScratchDirectory root_;
};

TEST_F(PodCgroup, OfVersion1) {
  Put("cpu/kubepods/poda/cpu.shares", "2");
  Put("cpu/kubepods/poda/cpu.cfs_quota_us", "-1");
  Put("memory/kubepods/poda/memory.limit_in_bytes", "9223372036854771712");
  ASSERT_TRUE(Write({512, 50'000, kGi}).ok());
  EXPECT_EQ(Read("cpu/kubepods/poda/cpu.shares"), "512");
  EXPECT_EQ(Read("cpu/kubepods/poda/cpu.cfs_quota_us"), "50000");
  EXPECT_EQ(Read("memory/kubepods/poda/memory.limit_in_bytes").substr(0, 10), "1073741824");
}

TEST_F(PodCgroup, OfVersion2) {
  Put("kubepods/poda/cpu.weight", "100");
  Put("kubepods/poda/cpu.max", "max 100000");
  Put("kubepods/poda/memory.max", "max");
  ASSERT_TRUE(Write({1024, 150'000, kGi}).ok());
  EXPECT_EQ(Read("kubepods/poda/cpu.weight").substr(0, 2), "39");
  EXPECT_EQ(Read("kubepods/poda/cpu.max"), "150000 100000");
  EXPECT_EQ(Read("kubepods/poda/memory.max"), "1073741824");
}

TEST_F(PodCgroup, OnlyWhatIsMoreIsWrittenFirst) {
  Put("kubepods/poda/cpu.max", "200000 100000");
  Put("kubepods/poda/memory.max", "1073741824");
  ASSERT_TRUE(Write({2, 100'000, 2 * kGi}, LimitsPart::kMore).ok());
  EXPECT_EQ(Read("kubepods/poda/cpu.max"), "200000 100000") << "less, which comes last";
  EXPECT_EQ(Read("kubepods/poda/memory.max"), "2147483648");
  ASSERT_TRUE(Write({2, kNoLimit, 2 * kGi}, LimitsPart::kMore).ok());
  EXPECT_EQ(Read("kubepods/poda/cpu.max").substr(0, 10), "max 100000");
}

TEST_F(PodCgroup, GetsNoLessMemoryThanItUses) {
  const auto check = [this](int64_t memory) {
    const Status status = CheckPodMemory(root_.path(), "/kubepods/poda", {2, kNoLimit, memory});
    return status.ok() ? std::string() : status.error().message;
  };
  EXPECT_EQ(check(1), "") << "there is none";
  for (const auto& [limit, use] :
       {std::pair{"kubepods/poda/memory.max", "kubepods/poda/memory.current"},
        {"memory/kubepods/poda/memory.limit_in_bytes", "memory/kubepods/poda/memory.usage_in_bytes"}}) {
    Put(limit, "4096");
    EXPECT_THAT(check(1000), ::testing::HasSubstr("missing pod memory usage")) << limit;
    Put(use, "2048");
    EXPECT_THAT(check(2048),
                ::testing::HasSubstr("attempting to set pod memory limit (2048) below current usage (2048)"));
    EXPECT_EQ(check(2049), "");
    EXPECT_EQ(check(8192), "") << "more";
    EXPECT_EQ(check(kNoLimit), "");
    Put(limit, limit[0] == 'k' ? "max" : "9223372036854771712");
    EXPECT_THAT(check(1000), ::testing::HasSubstr("below current usage")) << "added where there was none";
    std::filesystem::remove(root_ / limit);
  }
}

TEST_F(PodCgroup, ThatIsNotThereIsNotFound) { EXPECT_EQ(Write({}).error().code, ErrorCode::kNotFound); }

TEST_F(PodCgroup, TheClassOfServiceHasWhatItsPodsRequest) {
  Put("cpu/kubepods/burstable/cpu.shares", "1024");
  Put("cpu/kubepods/besteffort/cpu.shares", "1");
  ASSERT_TRUE(WriteClassShares(root_.path(), "/kubepods/burstable/poda", 2500).ok());
  ASSERT_TRUE(WriteClassShares(root_.path(), "/kubepods/besteffort/podb", 2500).ok());
  EXPECT_EQ(Read("cpu/kubepods/burstable/cpu.shares"), "2560");
  EXPECT_EQ(Read("cpu/kubepods/besteffort/cpu.shares"), "2");
  Put("kubepods.slice/kubepods-burstable.slice/cpu.weight", "100");
  const std::string slice = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-poda.slice";
  ASSERT_TRUE(WriteClassShares(root_.path(), slice, 3000).ok());
  EXPECT_EQ(Read("kubepods.slice/kubepods-burstable.slice/cpu.weight"), "118");
  EXPECT_TRUE(WriteClassShares(root_.path(), "/kubepods/poda", 3000).ok()) << "of Guaranteed pods there is none";
}

TEST_F(PodCgroup, TellsTheMemoryOfAContainerByItsId) {
  Put("memory/kubepods/poda/c1/memory.usage_in_bytes", "4096\n");
  Put("kubepods.slice/kubepods-podb.slice/cri-containerd-c2.scope/memory.current", "8192\n");
  EXPECT_EQ(MemoryUsedBy(root_.path(), "/kubepods/poda", "c1"), 4096);
  EXPECT_EQ(MemoryUsedBy(root_.path(), "/kubepods.slice/kubepods-podb.slice", "c2"), 8192);
  EXPECT_EQ(MemoryUsedBy(root_.path(), "/kubepods/poda", "c3"), std::nullopt);
}

}  // namespace
}  // namespace ordinal::podsync
