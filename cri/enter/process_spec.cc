#include "cri/enter/process_spec.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "cri/enter/seccomp.h"
#include "cri/images/json.h"

namespace ordinal::cri {
namespace {

// linux/capability.h, by number.
constexpr std::array<std::string_view, 41> kCapabilities{"CAP_CHOWN",
                                                         "CAP_DAC_OVERRIDE",
                                                         "CAP_DAC_READ_SEARCH",
                                                         "CAP_FOWNER",
                                                         "CAP_FSETID",
                                                         "CAP_KILL",
                                                         "CAP_SETGID",
                                                         "CAP_SETUID",
                                                         "CAP_SETPCAP",
                                                         "CAP_LINUX_IMMUTABLE",
                                                         "CAP_NET_BIND_SERVICE",
                                                         "CAP_NET_BROADCAST",
                                                         "CAP_NET_ADMIN",
                                                         "CAP_NET_RAW",
                                                         "CAP_IPC_LOCK",
                                                         "CAP_IPC_OWNER",
                                                         "CAP_SYS_MODULE",
                                                         "CAP_SYS_RAWIO",
                                                         "CAP_SYS_CHROOT",
                                                         "CAP_SYS_PTRACE",
                                                         "CAP_SYS_PACCT",
                                                         "CAP_SYS_ADMIN",
                                                         "CAP_SYS_BOOT",
                                                         "CAP_SYS_NICE",
                                                         "CAP_SYS_RESOURCE",
                                                         "CAP_SYS_TIME",
                                                         "CAP_SYS_TTY_CONFIG",
                                                         "CAP_MKNOD",
                                                         "CAP_LEASE",
                                                         "CAP_AUDIT_WRITE",
                                                         "CAP_AUDIT_CONTROL",
                                                         "CAP_SETFCAP",
                                                         "CAP_MAC_OVERRIDE",
                                                         "CAP_MAC_ADMIN",
                                                         "CAP_SYSLOG",
                                                         "CAP_WAKE_ALARM",
                                                         "CAP_BLOCK_SUSPEND",
                                                         "CAP_AUDIT_READ",
                                                         "CAP_PERFMON",
                                                         "CAP_BPF",
                                                         "CAP_CHECKPOINT_RESTORE"};

constexpr std::array<std::pair<std::string_view, uint32_t>, 16> kLimits{{
    {"RLIMIT_CPU", RLIMIT_CPU},
    {"RLIMIT_FSIZE", RLIMIT_FSIZE},
    {"RLIMIT_DATA", RLIMIT_DATA},
    {"RLIMIT_STACK", RLIMIT_STACK},
    {"RLIMIT_CORE", RLIMIT_CORE},
    {"RLIMIT_RSS", RLIMIT_RSS},
    {"RLIMIT_NPROC", RLIMIT_NPROC},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK},
    {"RLIMIT_AS", RLIMIT_AS},
    {"RLIMIT_LOCKS", RLIMIT_LOCKS},
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING},
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE},
    {"RLIMIT_NICE", RLIMIT_NICE},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO},
    {"RLIMIT_RTTIME", RLIMIT_RTTIME},
}};

Error Unknown(const std::string& member) {
  return MakeError(ErrorCode::kNotSupported, "the container's specification has " + member);
}

template <class T>
T NumberOf(const Json& value, T otherwise) {
  return value.is_number_integer() ? value.get<T>() : otherwise;
}

Result<uint64_t> CapabilitiesOf(const Json& names) {
  uint64_t bits = 0;
  if (!names.is_array()) return bits;
  for (const Json& name : names) {
    const auto known = std::find(kCapabilities.begin(), kCapabilities.end(),
                                 name.is_string() ? name.get_ref<const std::string&>() : std::string());
    if (known == kCapabilities.end()) return Unknown("an unknown capability " + name.dump());
    bits |= 1ULL << (known - kCapabilities.begin());
  }
  return bits;
}

Result<std::vector<ResourceLimit>> LimitsOf(const Json& limits) {
  std::vector<ResourceLimit> out;
  if (!limits.is_array()) return out;
  for (const Json& limit : limits) {
    const std::string type = Text(limit, "type");
    const auto known =
        std::find_if(kLimits.begin(), kLimits.end(), [&type](const auto& each) { return each.first == type; });
    if (known == kLimits.end()) return Unknown("an unknown limit " + type);
    out.push_back(
        {known->second, NumberOf<uint64_t>(Member(limit, "soft"), 0), NumberOf<uint64_t>(Member(limit, "hard"), 0)});
  }
  return out;
}

Status ReadUser(const Json& user, ProcessSpec& spec) {
  spec.uid = NumberOf<uint32_t>(Member(user, "uid"), 0);
  spec.gid = NumberOf<uint32_t>(Member(user, "gid"), 0);
  spec.umask = NumberOf<int64_t>(Member(user, "umask"), -1);
  if (const Json& groups = Member(user, "additionalGids"); groups.is_array()) {
    for (const Json& group : groups) spec.groups.push_back(NumberOf<uint32_t>(group, 0));
  }
  return {};
}

Status ReadCapabilities(const Json& capabilities, ProcessSpec& spec) {
  if (!capabilities.is_object()) return Unknown("no capabilities");
  TRY(spec.bounding, CapabilitiesOf(Member(capabilities, "bounding")));
  TRY(spec.effective, CapabilitiesOf(Member(capabilities, "effective")));
  TRY(spec.permitted, CapabilitiesOf(Member(capabilities, "permitted")));
  TRY(spec.inheritable, CapabilitiesOf(Member(capabilities, "inheritable")));
  TRY(spec.ambient, CapabilitiesOf(Member(capabilities, "ambient")));
  return {};
}

Status ReadProcess(const Json& process, ProcessSpec& spec) {
  for (const char* member : {"scheduler", "ioPriority", "execCPUAffinity"}) {
    if (!Member(process, member).is_null()) return Unknown(member);
  }
  TRYV(ReadUser(Member(process, "user"), spec));
  const Json& environment = Member(process, "env");
  if (!environment.is_array()) return Unknown("no environment");
  for (const Json& variable : environment) {
    if (variable.is_string()) spec.environment.push_back(variable.get<std::string>());
  }
  spec.directory = Text(process, "cwd");
  if (spec.directory.empty()) spec.directory = "/";
  TRYV(ReadCapabilities(Member(process, "capabilities"), spec));
  TRY(spec.limits, LimitsOf(Member(process, "rlimits")));
  spec.no_new_privs = Member(process, "noNewPrivileges") == true;
  if (!Member(process, "oomScoreAdj").is_number_integer()) return Unknown("no oomScoreAdj");
  spec.oom_score_adj = NumberOf<int32_t>(Member(process, "oomScoreAdj"), 0);
  const std::string apparmor = Text(process, "apparmorProfile"), selinux = Text(process, "selinuxLabel");
  if (!apparmor.empty() && !selinux.empty()) return Unknown("labels for two security modules");
  if (!apparmor.empty() && apparmor != "unconfined") spec.label = "exec " + apparmor;
  if (!selinux.empty()) spec.label = selinux;
  return {};
}

}  // namespace

Result<ProcessSpec> ReadProcessSpec(const std::string& info) {
  const Json json = ParseJson(info);
  const Json& oci = Member(json, "runtimeSpec");
  ProcessSpec spec;
  spec.pid = NumberOf<pid_t>(Member(json, "pid"), 0);
  if (spec.pid <= 0) return MakeError(ErrorCode::kFailedPrecondition, "the container does not run");
  if (!oci.is_object()) return Unknown("no runtimeSpec");
  TRYV(ReadProcess(Member(oci, "process"), spec));
  const Json& linux_part = Member(oci, "linux");
  if (!Member(linux_part, "personality").is_null()) return Unknown("a personality");
  if (!Member(linux_part, "uidMappings").empty()) return Unknown("a user namespace");
  if (!Member(linux_part, "timeOffsets").empty()) return Unknown("a time namespace");
  if (!Member(linux_part, "intelRdt").empty()) return Unknown("a class of Intel RDT");
  TRY(spec.seccomp, CompileSeccomp(Member(linux_part, "seccomp")));
  return spec;
}

}  // namespace ordinal::cri
