#include "agent/metrics/host.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/fakes/scratch_directory.h"

namespace ordinal::metrics {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

constexpr char kNetDev[] =
    "Inter-|   Receive                                                |  Transmit\n"
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier\n"
    "    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0\n"
    "veth0a: 5 5 5 5 0 0 0 0 5 5 5 5 0 0 0 0\n"
    "  eth0: 280634082 9000 1 2 0 0 0 0 233303 800 3 4 0 0 0 0\n";

TEST(Interfaces, AreThoseThatLeadSomewhere) {
  const auto found = ReadInterfaces(kNetDev);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "eth0");
  EXPECT_EQ(found[0].received.bytes, 280634082U);
  EXPECT_EQ(found[0].received.packets, 9000U);
  EXPECT_EQ(found[0].received.errors, 1U);
  EXPECT_EQ(found[0].received.dropped, 2U);
  EXPECT_EQ(found[0].sent.bytes, 233303U);
  EXPECT_EQ(found[0].sent.dropped, 4U);
}

TEST(Interfaces, NamesBecomeText) {
  const auto found = ReadInterfaces("a\xff: 1\na\xfe: 2\nb: 3\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].name, "a\xEF\xBF\xBD");
  EXPECT_EQ(found[0].received.bytes, 1U);
  EXPECT_EQ(found[1].name, "b");
}

TEST(Host, IsReadFromProc) {
  const fakes::ScratchDirectory proc;
  fakes::WriteFile(proc / "stat", "cpu  100 0 0 0 0 0 0 0 0 0\ncpu0 1\nintr 5\nbtime 1700000000\n");
  fakes::WriteFile(proc / "meminfo",
                   "MemTotal: 1000 kB\nMemFree: 300 kB\nCached: 90 kB\nSwapCached: 1 kB\nInactive(file): 200 kB\n"
                   "AnonPages: 150 kB\nMapped: 20 kB\nSwapTotal: 50 kB\nSwapFree: 40 kB\n");
  fakes::WriteFile(proc / "vmstat", "pgfault 11\npgmajfault 3\n");
  fakes::WriteFile(proc / "loadavg", "0.20 0.18 0.12 1/392 11206\n");
  fakes::WriteFile(proc / "sys/kernel/pid_max", "32768\n");
  fakes::WriteFile(proc / "self/net/dev", kNetDev);
  fakes::WriteFile(proc / "self/net/route", "Iface Destination\ncni0 0000F40A\neth0 00000000\n");
  fakes::WriteFile(proc / "pressure/memory", "some avg10=0.00 avg60=0.00 avg300=0.00 total=7\n");
  const WallTime now = *ParseTime("2026-01-01T00:00:00Z");
  const auto host = MeasureHost(proc.path(), now);
  ASSERT_TRUE(host.ok()) << host.error().message;
  EXPECT_EQ(host->at, now);
  EXPECT_EQ(FormatTime(host->booted), "2023-11-14T22:13:20Z");
  EXPECT_EQ(host->cpu_nanoseconds, 100'000'000'000U / static_cast<uint64_t>(::sysconf(_SC_CLK_TCK)));
  EXPECT_EQ(host->memory_usage, 700U * 1024);
  EXPECT_EQ(host->working_set, 500U * 1024);
  EXPECT_EQ(host->rss, 150U * 1024);
  EXPECT_EQ(host->cache, 90U * 1024);
  EXPECT_EQ(host->swap_total - host->swap_free, 10U * 1024);
  EXPECT_EQ(host->major_page_faults, 3U);
  EXPECT_EQ(host->most_processes, 32768U);
  EXPECT_EQ(host->processes, 392U);
  EXPECT_EQ(host->default_interface, "eth0");
  EXPECT_THAT(host->interfaces, ElementsAre(Field(&InterfaceUse::name, "eth0")));
  ASSERT_TRUE(host->memory_pressure);
  EXPECT_EQ(host->memory_pressure->some.total, 7U);
  EXPECT_FALSE(host->cpu_pressure);
  EXPECT_FALSE(MeasureHost(proc / "nowhere", now).ok());
}

TEST(Machine, CountsCoresAndSockets) {
  std::string cpuinfo;
  for (const auto& [socket, core] : {std::pair(0, 0), {0, 0}, {0, 1}, {1, 0}}) {
    cpuinfo += fmt::format("processor\t: 0\nmodel name\t: X\nphysical id\t: {}\ncore id\t\t: {}\n\n", socket, core);
  }
  const Machine machine = ReadMachine(cpuinfo, "MemTotal: 8 kB\nSwapTotal: 4 kB\n");
  EXPECT_EQ(machine.cores, 4U);
  EXPECT_EQ(machine.physical_cores, 3U);
  EXPECT_EQ(machine.sockets, 2U);
  EXPECT_EQ(machine.memory, 8192U);
  EXPECT_EQ(machine.swap, 4096U);
  const Machine silent = ReadMachine("processor : 0\nprocessor : 1\n", "");
  EXPECT_EQ(silent.physical_cores, 2U);
  EXPECT_EQ(silent.sockets, 1U);
}

TEST(Process, IsThisOne) {
  const ProcessUse use = MeasureProcess("/proc");
  EXPECT_GT(use.open_files, 2U);
  EXPECT_GT(use.resident, 1U << 20);
  EXPECT_GT(use.virtual_size, use.resident);
  EXPECT_GT(use.started, 1.6e9);
}

TEST(Process, ItsNameMayHoldAnything) {
  const fakes::ScratchDirectory proc;
  fakes::WriteFile(proc / "stat", "cpu 1 1 1 1 1 1 1 1\nbtime 1000\n");
  fakes::WriteFile(proc / "self/stat", "7 (a) b (c) S 1 1 1 0 -1 0 0 0 0 0 200 300 0 0 20 0 1 0 500 4096 2 0\n");
  fakes::WriteFile(proc / "self/limits",
                   "Limit                     Soft Limit           Hard Limit           Units     \n"
                   "Max open files            1024                 524288               files     \n"
                   "Max address space         unlimited            unlimited            bytes     \n");
  fakes::WriteFile(proc / "self/net/netstat", "TcpExt: A\nTcpExt: 1\nIpExt: InNo InOctets OutOctets\nIpExt: 1 20 30\n");
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const ProcessUse use = MeasureProcess(proc.path());
  EXPECT_DOUBLE_EQ(use.cpu_seconds, 500 / ticks);
  EXPECT_DOUBLE_EQ(use.started, 1000 + 500 / ticks);
  EXPECT_EQ(use.virtual_size, 4096U);
  EXPECT_EQ(use.resident, 2U * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)));
  EXPECT_EQ(use.most_files, 1024U);
  EXPECT_EQ(use.most_virtual, std::nullopt);
  EXPECT_EQ(use.received, 20U);
  EXPECT_EQ(use.sent, 30U);
}

}  // namespace
}  // namespace ordinal::metrics
