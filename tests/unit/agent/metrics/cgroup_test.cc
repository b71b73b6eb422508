#include "agent/metrics/cgroup.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/fakes/scratch_directory.h"

namespace ordinal::metrics {
namespace {

constexpr char kPod[] = "/kubepods/podu1";

/// A cgroup tree of files.
struct Tree {
  fakes::ScratchDirectory root;
  void Write(const std::string& name, const std::string& text) const { fakes::WriteFile(root / name, text); }
  CgroupUse Read(const std::string& path = kPod) const { return Cgroups(root.path()).Read(path); }
};

struct UnifiedTree : Tree {
  UnifiedTree();
};

UnifiedTree::UnifiedTree() {
  Write("cgroup.controllers", "cpu memory pids io\n");
  const std::string pod = "kubepods/podu1/";
  Write(pod + "cpu.stat",
        "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\nnr_periods 7\nnr_throttled 3\n"
        "throttled_usec 250000\n");
  Write(pod + "memory.current", "10000\n");
  Write(pod + "memory.max", "max\n");
  Write(pod + "memory.peak", "12000\n");
  Write(pod + "memory.swap.current", "77\n");
  Write(pod + "memory.stat",
        "anon 4000\nfile 5000\nfile_mapped 300\ninactive_anon 1\ninactive_file 1500\npgfault 42\npgmajfault 2\n");
  Write(pod + "memory.events", "low 0\noom 1\noom_kill 4\n");
  Write(pod + "pids.current", "5\n");
  Write(pod + "io.stat", "8:0 rbytes=100 wbytes=200 rios=3 wios=4 dbytes=0 dios=0\n");
  Write(pod + "cpu.pressure",
        "some avg10=1.50 avg60=0.25 avg300=0.00 total=900\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=100\n");
}

TEST(Cgroups, OfVersion2AreReadWhole) {
  const UnifiedTree tree;
  const CgroupUse use = tree.Read();
  ASSERT_TRUE(use.cpu && use.memory && use.tasks && use.cpu_pressure);
  EXPECT_EQ(use.cpu->nanoseconds, 1'500'000'000U);
  EXPECT_EQ(use.cpu->user_nanoseconds, 1'000'000'000U);
  EXPECT_EQ(use.cpu->system_nanoseconds, 500'000'000U);
  EXPECT_EQ(use.cpu->periods, 7U);
  EXPECT_EQ(use.cpu->throttled_periods, 3U);
  EXPECT_EQ(use.cpu->throttled_nanoseconds, 250'000'000U);
  EXPECT_EQ(use.memory->usage, 10'000U);
  EXPECT_EQ(use.memory->working_set, 8'500U);
  EXPECT_EQ(use.memory->rss, 4'000U);
  EXPECT_EQ(use.memory->cache, 5'000U);
  EXPECT_EQ(use.memory->mapped_file, 300U);
  EXPECT_EQ(use.memory->swap, 77U);
  EXPECT_EQ(use.memory->page_faults, 42U);
  EXPECT_EQ(use.memory->major_page_faults, 2U);
  EXPECT_EQ(use.memory->peak, 12'000U);
  EXPECT_EQ(use.memory->limit, std::nullopt) << "max is none";
  EXPECT_EQ(use.memory->oom_kills, 4U);
  EXPECT_EQ(*use.tasks, 5U);
  EXPECT_EQ(use.io.at("8:0").written_bytes, 200U);
  EXPECT_EQ(use.io.at("8:0").reads, 3U);
  EXPECT_DOUBLE_EQ(use.cpu_pressure->some.avg10, 1.5);
  EXPECT_EQ(use.cpu_pressure->some.total, 900U);
  EXPECT_EQ(use.cpu_pressure->full.total, 100U);
  EXPECT_FALSE(use.memory_pressure) << "the kernel does not tell";
}

TEST(Cgroups, OfVersion1AreReadInTheirHierarchies) {
  const Tree tree;
  const uint64_t tick = 1'000'000'000 / static_cast<uint64_t>(::sysconf(_SC_CLK_TCK));
  const std::string pod = "/kubepods/podu1/";
  tree.Write("cpuacct" + pod + "cpuacct.usage", "123456789\n");
  tree.Write("cpuacct" + pod + "cpuacct.stat", "user 3\nsystem 4\n");
  tree.Write("cpu" + pod + "cpu.stat", "nr_periods 9\nnr_throttled 1\nthrottled_time 55\n");
  tree.Write("memory" + pod + "memory.usage_in_bytes", "10000\n");
  tree.Write("memory" + pod + "memory.limit_in_bytes", "9223372036854771712\n");
  tree.Write("memory" + pod + "memory.max_usage_in_bytes", "11000\n");
  tree.Write("memory" + pod + "memory.stat",
             "cache 1\nrss 1\ninactive_file 1\ntotal_cache 5000\ntotal_rss 4000\ntotal_mapped_file 300\n"
             "total_swap 9\ntotal_pgfault 42\ntotal_pgmajfault 2\ntotal_inactive_file 20000\n");
  tree.Write("memory" + pod + "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
  tree.Write("pids" + pod + "pids.current", "6\n");
  tree.Write("blkio" + pod + "blkio.throttle.io_service_bytes_recursive", "8:0 Read 100\n8:0 Write 200\nTotal 300\n");
  tree.Write("blkio" + pod + "blkio.throttle.io_serviced_recursive", "8:0 Read 3\n8:0 Write 4\nTotal 7\n");
  const CgroupUse use = tree.Read();
  ASSERT_TRUE(use.cpu && use.memory && use.tasks);
  EXPECT_EQ(use.cpu->nanoseconds, 123456789U);
  EXPECT_EQ(use.cpu->user_nanoseconds, 3 * tick);
  EXPECT_EQ(use.cpu->throttled_nanoseconds, 55U);
  EXPECT_EQ(use.memory->working_set, 0U) << "never below nothing";
  EXPECT_EQ(use.memory->rss, 4'000U) << "with all below it";
  EXPECT_EQ(use.memory->swap, 9U);
  EXPECT_EQ(use.memory->limit, std::nullopt);
  EXPECT_EQ(use.memory->peak, 11'000U);
  EXPECT_EQ(use.memory->oom_kills, 2U);
  EXPECT_EQ(*use.tasks, 6U);
  EXPECT_EQ(use.io.at("8:0").read_bytes, 100U);
  EXPECT_EQ(use.io.at("8:0").writes, 4U);
  tree.Write("memory" + pod + "memory.limit_in_bytes", "65536\n");
  EXPECT_EQ(tree.Read().memory->limit, 65536U);
}

TEST(Cgroups, NoMoreIsReadThanIsAskedFor) {
  const UnifiedTree tree;
  const Cgroups cgroups(tree.root.path());
  const CgroupUse less = cgroups.Read(kPod, Cgroups::Part::kCpuAndMemory);
  EXPECT_TRUE(less.cpu && less.memory);
  EXPECT_FALSE(less.tasks || less.cpu_pressure || !less.io.empty());
  EXPECT_TRUE(cgroups.Read(kPod, Cgroups::Part::kNothing).empty());
}

TEST(Cgroups, OneThatIsGoneHasNoUse) {
  EXPECT_TRUE(UnifiedTree().Read("/kubepods/podgone").empty());
  EXPECT_TRUE(Tree().Read().empty());
}

TEST(Cgroups, ContainersAreFoundByEitherDriver) {
  for (const std::string top : {"", "memory/"}) {
    const Tree tree;
    if (top.empty()) tree.Write("cgroup.controllers", "memory\n");
    tree.Write(top + "kubepods/podu1/c1/cgroup.procs", "17\n18\n");
    tree.Write(top + "kubepods.slice/pod.slice/cri-containerd-c2.scope/cgroup.procs", "");
    const Cgroups cgroups(tree.root.path());
    EXPECT_EQ(cgroups.OfContainer(kPod, "c1"), "/kubepods/podu1/c1");
    EXPECT_EQ(cgroups.OfContainer("/kubepods.slice/pod.slice", "c2"),
              "/kubepods.slice/pod.slice/cri-containerd-c2.scope");
    EXPECT_EQ(cgroups.OfContainer(kPod, "c2"), "");
    EXPECT_EQ(cgroups.OfContainer(kPod, ""), "") << "not the pod's own";
    EXPECT_EQ(cgroups.FirstProcess("/kubepods/podu1/c1"), 17);
    EXPECT_EQ(cgroups.FirstProcess("/kubepods.slice/pod.slice/cri-containerd-c2.scope"), 0);
  }
}

TEST(Pressure, OfAnotherTextIsNothing) {
  EXPECT_FALSE(ReadPressure(""));
  EXPECT_FALSE(ReadPressure("some avg10=x avg60=0 avg300=0 total=1\n"));
  EXPECT_FALSE(ReadPressure("some avg10=1\n"));
  EXPECT_TRUE(ReadPressure("some avg10=0.00 avg60=0.00 avg300=0.00 total=1\n"))
      << "of processors older kernels say one";
}

}  // namespace
}  // namespace ordinal::metrics
