#include "cri/enter/seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

#include "agent/base/fd.h"

namespace ordinal::cri {
namespace {

struct Release {
  void operator()(void* context) const { seccomp_release(context); }
};
using Context = std::unique_ptr<std::remove_pointer_t<scmp_filter_ctx>, Release>;

#if defined(__x86_64__)
constexpr uint32_t kNative = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t kNative = AUDIT_ARCH_AARCH64;
#endif

Error NotInSeccomp(const std::string& what) {
  return MakeError(ErrorCode::kNotSupported, "the container's seccomp profile has " + what);
}

Error Failed(const std::string& what, int result) { return ErrnoError("seccomp: " + what, -result); }

std::optional<uint32_t> ActionOf(const Json& rule, const char* action_key, const char* errno_key) {
  const std::string action = Text(rule, action_key);
  const Json& number = Member(rule, errno_key);
  const uint16_t code = number.is_number_integer() ? number.get<uint16_t>() : EPERM;
  if (action == "SCMP_ACT_ALLOW") return SCMP_ACT_ALLOW;
  if (action == "SCMP_ACT_ERRNO") return SCMP_ACT_ERRNO(code);
  if (action == "SCMP_ACT_KILL" || action == "SCMP_ACT_KILL_THREAD") return SCMP_ACT_KILL_THREAD;
  if (action == "SCMP_ACT_KILL_PROCESS") return SCMP_ACT_KILL_PROCESS;
  if (action == "SCMP_ACT_TRAP") return SCMP_ACT_TRAP;
  if (action == "SCMP_ACT_LOG") return SCMP_ACT_LOG;
  if (action == "SCMP_ACT_TRACE") return SCMP_ACT_TRACE(code);
  return std::nullopt;  // SCMP_ACT_NOTIFY among them, which needs a listener
}

std::optional<scmp_compare> CompareOf(const std::string& op) {
  static const std::map<std::string, scmp_compare> known{{"SCMP_CMP_NE", SCMP_CMP_NE},
                                                         {"SCMP_CMP_LT", SCMP_CMP_LT},
                                                         {"SCMP_CMP_LE", SCMP_CMP_LE},
                                                         {"SCMP_CMP_EQ", SCMP_CMP_EQ},
                                                         {"SCMP_CMP_GE", SCMP_CMP_GE},
                                                         {"SCMP_CMP_GT", SCMP_CMP_GT},
                                                         {"SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ}};
  const auto found = known.find(op);
  return found == known.end() ? std::nullopt : std::optional(found->second);
}

Result<uint32_t> ArchitectureOf(const Json& name) {
  static const std::map<std::string, uint32_t> known{{"SCMP_ARCH_X86", SCMP_ARCH_X86},
                                                     {"SCMP_ARCH_X86_64", SCMP_ARCH_X86_64},
                                                     {"SCMP_ARCH_X32", SCMP_ARCH_X32},
                                                     {"SCMP_ARCH_ARM", SCMP_ARCH_ARM},
                                                     {"SCMP_ARCH_AARCH64", SCMP_ARCH_AARCH64}};
  const auto found = name.is_string() ? known.find(name.get<std::string>()) : known.end();
  if (found == known.end()) return NotInSeccomp("the architecture " + name.dump());
  return found->second;
}

Result<std::vector<scmp_arg_cmp>> ArgumentsOf(const Json& rule) {
  std::vector<scmp_arg_cmp> out;
  const Json& arguments = Member(rule, "args");
  if (!arguments.is_array()) return out;
  const auto number = [](const Json& argument, const char* key) {
    const Json& value = Member(argument, key);
    return value.is_number_integer() ? value.get<uint64_t>() : 0;
  };
  for (const Json& argument : arguments) {
    const auto op = CompareOf(Text(argument, "op"));
    const uint64_t index = number(argument, "index");
    if (!op || index > 5) return NotInSeccomp("the comparison " + argument.dump());
    out.push_back({static_cast<unsigned>(index), *op, number(argument, "value"), number(argument, "valueTwo")});
  }
  return out;
}

/// libseccomp wants comparisons of one argument in rules of their own, as alternatives; so does runc.
bool Repeats(const std::vector<scmp_arg_cmp>& arguments) {
  unsigned seen = 0;
  for (const scmp_arg_cmp& each : arguments) {
    if ((seen >> each.arg & 1) != 0) return true;
    seen |= 1U << each.arg;
  }
  return false;
}

Status AddRule(const Context& context, uint32_t action, int call, const std::vector<scmp_arg_cmp>& arguments) {
  if (!Repeats(arguments)) {
    const int added =
        seccomp_rule_add_array(context.get(), action, call, static_cast<unsigned>(arguments.size()), arguments.data());
    return added == 0 ? Status() : Failed("add a rule", added);
  }
  for (const scmp_arg_cmp& each : arguments) {
    const int added = seccomp_rule_add_array(context.get(), action, call, 1, &each);
    if (added != 0) return Failed("add a rule", added);
  }
  return {};
}

/// Also notes the newest call that is named.
Status AddRules(const Context& context, const Json& rules, uint32_t default_action, int& newest) {
  if (!rules.is_array()) return {};
  for (const Json& rule : rules) {
    const auto action = ActionOf(rule, "action", "errnoRet");
    const Json& names = Member(rule, "names");
    if (!action || !names.is_array()) return NotInSeccomp("the rule " + rule.dump().substr(0, 200));
    TRY(const std::vector<scmp_arg_cmp> arguments, ArgumentsOf(rule));
    for (const Json& name : names) {
      if (!name.is_string()) continue;
      const int call = seccomp_syscall_resolve_name(name.get_ref<const std::string&>().c_str());
      if (call == __NR_SCMP_ERROR) continue;  // runc passes over calls that libseccomp does not know
      newest = std::max(newest, call);
      if (*action != default_action) TRYV(AddRule(context, *action, call, arguments));
    }
  }
  return {};
}

Result<std::vector<sock_filter>> Exported(const Context& context) {
  const Fd file(memfd_create("seccomp", MFD_CLOEXEC));
  if (!file) return ErrnoError("seccomp: memfd_create", errno);
  if (const int result = seccomp_export_bpf(context.get(), file.get()); result != 0) return Failed("export", result);
  const off_t size = lseek(file.get(), 0, SEEK_END);
  std::vector<sock_filter> filter(static_cast<size_t>(std::max<off_t>(0, size)) / sizeof(sock_filter));
  const auto bytes = static_cast<ssize_t>(filter.size() * sizeof(sock_filter));
  if (pread(file.get(), filter.data(), static_cast<size_t>(bytes), 0) != bytes)
    return ErrnoError("seccomp: read", errno);
  return filter;
}

/// load arch; other than native: on to the filter; load number; beyond `newest` and no x32: ENOSYS.
std::vector<sock_filter> WithUnknownCalls(std::vector<sock_filter> filter, int newest) {
  constexpr uint32_t kX32 = 0x40000000;
  const auto last = static_cast<uint32_t>(newest);
  const sock_filter stub[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kNative, 0, 4),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kX32, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
  };
  filter.insert(filter.begin(), std::begin(stub), std::end(stub));
  return filter;
}

}  // namespace

Result<std::vector<sock_filter>> CompileSeccomp(const Json& seccomp) {
  if (!seccomp.is_object() || seccomp.empty()) return std::vector<sock_filter>();
  if (!Text(seccomp, "listenerPath").empty()) return NotInSeccomp("a listener");
  if (!Member(seccomp, "flags").empty()) return NotInSeccomp("flags");
  const auto default_action = ActionOf(seccomp, "defaultAction", "defaultErrnoRet");
  if (!default_action) return NotInSeccomp("the default action " + Text(seccomp, "defaultAction"));
  const Context context(seccomp_init(*default_action));
  if (!context) return MakeError(ErrorCode::kInternal, "seccomp: no filter can be made");
  if (const Json& architectures = Member(seccomp, "architectures"); architectures.is_array()) {
    for (const Json& name : architectures) {
      TRY(const uint32_t architecture, ArchitectureOf(name));
      const int added = seccomp_arch_add(context.get(), architecture);
      if (added != 0 && added != -EEXIST) return Failed("add an architecture", added);
    }
  }
  seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_NNP, 0);
  int newest = 0;
  TRYV(AddRules(context, Member(seccomp, "syscalls"), *default_action, newest));
  TRY(std::vector<sock_filter> filter, Exported(context));
  const bool refuses = Text(seccomp, "defaultAction") == "SCMP_ACT_ERRNO" && *default_action != SCMP_ACT_ERRNO(ENOSYS);
  if (refuses) filter = WithUnknownCalls(std::move(filter), newest);
  if (filter.size() > BPF_MAXINSNS) return NotInSeccomp("more instructions than the kernel takes");
  return filter;
}

}  // namespace ordinal::cri
