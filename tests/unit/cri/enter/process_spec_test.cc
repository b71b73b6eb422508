// What is read of a container's specification, and the filters made of it. That a process made of it is as the
// runtime's is shown by tests/e2e/test_commands.py.
#include "cri/enter/process_spec.h"

#include <gmock/gmock.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>

#include "cri/enter/order.h"
#include "cri/enter/order_text.h"
#include "cri/enter/seccomp.h"

namespace ordinal::cri {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Json Info() {
  return Json::parse(R"({"pid": 4711, "runtimeSpec": {"process": {
    "user": {"uid": 7, "gid": 8, "umask": 63, "additionalGids": [8, 9]},
    "env": ["PATH=/bin", "HOME=/home/x"], "cwd": "/work", "noNewPrivileges": true, "oomScoreAdj": -5,
    "capabilities": {"bounding": ["CAP_CHOWN", "CAP_SYS_ADMIN"], "effective": ["CAP_CHOWN"], "permitted": ["CAP_CHOWN"]},
    "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 10, "hard": 18446744073709551615}],
    "apparmorProfile": "cri-containerd.apparmor.d"}, "linux": {}}})");
}

Result<ProcessSpec> Read(const Json& info) { return ReadProcessSpec(info.dump()); }

TEST(ProcessSpec, HasWhatTheSpecificationSays) {
  const auto spec = Read(Info());
  ASSERT_TRUE(spec.ok()) << spec.error().message;
  EXPECT_EQ(spec->pid, 4711);
  EXPECT_EQ(spec->uid, 7U);
  EXPECT_EQ(spec->gid, 8U);
  EXPECT_EQ(spec->umask, 63);
  EXPECT_THAT(spec->groups, ElementsAre(8U, 9U));
  EXPECT_EQ(spec->bounding, 1ULL << 0 | 1ULL << 21);
  EXPECT_EQ(spec->effective, 1ULL);
  EXPECT_EQ(spec->inheritable, 0ULL);
  EXPECT_EQ(spec->limits.at(0).hard, UINT64_MAX);
  EXPECT_EQ(spec->oom_score_adj, -5);
  EXPECT_EQ(spec->label, "exec cri-containerd.apparmor.d");
  EXPECT_TRUE(spec->no_new_privs);
  EXPECT_TRUE(spec->seccomp.empty());
}

TEST(ProcessSpec, WhatIsNotKnownIsLeftToTheRuntime) {
  const std::pair<const char*, Json> cases[] = {
      {"/runtimeSpec/process/scheduler", {{"policy", "SCHED_OTHER"}}},
      {"/runtimeSpec/process/ioPriority", {{"class", "IOPRIO_CLASS_IDLE"}}},
      {"/runtimeSpec/process/capabilities/bounding", {"CAP_NEWER"}},
      {"/runtimeSpec/process/capabilities", nullptr},
      {"/runtimeSpec/process/rlimits", {{{"type", "RLIMIT_NEWER"}}}},
      {"/runtimeSpec/process/oomScoreAdj", "high"},
      {"/runtimeSpec/process/selinuxLabel", "a:b:c"},
      {"/runtimeSpec/linux/personality", {{"domain", "LINUX32"}}},
      {"/runtimeSpec/linux/uidMappings", {{{"containerID", 0}}}},
      {"/runtimeSpec/linux/seccomp", {{"defaultAction", "SCMP_ACT_NOTIFY"}}},
      {"/runtimeSpec/linux/seccomp", {{"defaultAction", "SCMP_ACT_ALLOW"}, {"listenerPath", "/x"}}},
      {"/runtimeSpec/linux/seccomp", {{"defaultAction", "SCMP_ACT_ALLOW"}, {"architectures", {"SCMP_ARCH_VAX"}}}},
      {"/runtimeSpec", 7},
  };
  for (const auto& [at, value] : cases) {
    Json info = Info();
    info[Json::json_pointer(at)] = value;
    const auto spec = Read(info);
    ASSERT_FALSE(spec.ok()) << at;
    EXPECT_EQ(spec.error().code, ErrorCode::kNotSupported) << at;
  }
  for (const char* text : {"", "[]", "{\"pid\": 0}", "{\"pid\": \"x\"}", "\xff"}) {
    EXPECT_FALSE(ReadProcessSpec(text).ok()) << text;
  }
}

TEST(ProcessSpec, BecomesABlockThatTheProgramReads) {
  const auto spec = Read(Info());
  ASSERT_TRUE(spec.ok());
  const std::string text = MakeOrder(*spec, {"sh", "-c", ""}, {"/sys/fs/cgroup/x/cgroup.procs"});
  EnterOrder order{};
  ASSERT_GT(text.size(), sizeof(order));
  std::memcpy(&order, text.data(), sizeof(order));
  EXPECT_EQ(order.size, text.size());
  EXPECT_EQ(order.arguments.count, 3U);
  EXPECT_EQ(order.environment.count, 2U);
  EXPECT_EQ(order.cgroups.count, 1U);
  EXPECT_EQ(order.home, 0U);  // it has one
  EXPECT_STREQ(text.data() + order.path, "/bin");
  EXPECT_STREQ(text.data() + order.directory, "/work");
  uint32_t third = 0;
  std::memcpy(&third, text.data() + order.arguments.at + 8, sizeof(third));
  EXPECT_STREQ(text.data() + third, "");
}

/// What a filter says of a call with that first argument: the classic BPF of the kernel, as far as libseccomp uses it.
uint32_t Verdict(const std::vector<sock_filter>& filter, int call, uint64_t argument = 0) {
  seccomp_data data{};
  data.nr = call;
  data.arch = AUDIT_ARCH_X86_64;
  data.args[0] = argument;
  uint32_t accumulator = 0;
  for (size_t at = 0; at < filter.size(); ++at) {
    const sock_filter& step = filter[at];
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        std::memcpy(&accumulator, reinterpret_cast<const char*>(&data) + step.k, sizeof(accumulator));
        break;
      case BPF_ALU | BPF_AND | BPF_K: accumulator &= step.k; break;
      case BPF_JMP | BPF_JA: at += step.k; break;
      case BPF_JMP | BPF_JEQ | BPF_K: at += accumulator == step.k ? step.jt : step.jf; break;
      case BPF_JMP | BPF_JGT | BPF_K: at += accumulator > step.k ? step.jt : step.jf; break;
      case BPF_JMP | BPF_JGE | BPF_K: at += accumulator >= step.k ? step.jt : step.jf; break;
      case BPF_RET | BPF_K: return step.k;
      default: ADD_FAILURE() << "code " << step.code; return 0;
    }
  }
  ADD_FAILURE() << "the filter has no end";
  return 0;
}

TEST(Seccomp, AllowsWhatTheProfileNamesAndTellsNewerCallsThatTheyAreNotThere) {
  const auto filter = CompileSeccomp(Json::parse(R"({"defaultAction": "SCMP_ACT_ERRNO",
    "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
    "syscalls": [{"names": ["read", "write", "faccessat2", "nosuchcall"], "action": "SCMP_ACT_ALLOW"},
                 {"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [
                   {"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}]},
                 {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]})"));
  ASSERT_TRUE(filter.ok()) << filter.error().message;
  EXPECT_EQ(Verdict(*filter, SYS_read), SECCOMP_RET_ALLOW);
  EXPECT_EQ(Verdict(*filter, SYS_openat), SECCOMP_RET_ERRNO | EPERM);
  EXPECT_EQ(Verdict(*filter, SYS_personality, 8), SECCOMP_RET_ALLOW);
  EXPECT_EQ(Verdict(*filter, SYS_personality, 9), SECCOMP_RET_ERRNO | EPERM);
  EXPECT_EQ(Verdict(*filter, SYS_clone3), SECCOMP_RET_ERRNO | ENOSYS);
  EXPECT_EQ(Verdict(*filter, SYS_faccessat2), SECCOMP_RET_ALLOW);
  EXPECT_EQ(Verdict(*filter, SYS_faccessat2 + 1), SECCOMP_RET_ERRNO | ENOSYS);  // the profile knows none so new
}

TEST(Seccomp, WithoutAProfileThereIsNoFilter) {
  EXPECT_TRUE(CompileSeccomp(Json())->empty());
  const auto lenient = CompileSeccomp(Json::parse(R"({"defaultAction": "SCMP_ACT_ALLOW",
    "syscalls": [{"names": ["mount"], "action": "SCMP_ACT_KILL_PROCESS"}]})"));
  ASSERT_TRUE(lenient.ok());
  EXPECT_EQ(Verdict(*lenient, SYS_read), SECCOMP_RET_ALLOW);
  EXPECT_EQ(Verdict(*lenient, 5000), SECCOMP_RET_ALLOW);
  EXPECT_EQ(Verdict(*lenient, SYS_mount), SECCOMP_RET_KILL_PROCESS);
}

}  // namespace
}  // namespace ordinal::cri
