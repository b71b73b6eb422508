#include "agent/podsync/sysctls.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace ordinal::podsync {
namespace {

constexpr std::array<std::string_view, 12> kSafe = {
    "kernel.shm_rmid_forced",           "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",        "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",     "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",      "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",          "net.ipv4.tcp_wmem",
};

enum class Namespace { kUnknown, kIpc, kNet };

/// Of a name, or of all names that begin so.
Namespace NamespaceOf(std::string_view name) {
  if (name == "kernel.sem") return Namespace::kIpc;
  for (const std::string_view prefix : {"kernel.shm", "kernel.msg", "fs.mqueue."}) {
    if (name.starts_with(prefix)) return Namespace::kIpc;
  }
  return name.starts_with("net.") ? Namespace::kNet : Namespace::kUnknown;
}

bool Matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

std::string DottedSysctl(std::string name) {
  const size_t separator = name.find_first_of("./");
  if (separator == std::string::npos || name[separator] == '.') return name;
  for (char& c : name) {
    if (c == '/' || c == '.') c = c == '/' ? '.' : '/';
  }
  return name;
}

std::string FaultOfSysctlPattern(const std::string& pattern) {
  const std::string dotted = DottedSysctl(pattern);
  const bool all = dotted.ends_with('*');
  const std::string name = all ? dotted.substr(0, dotted.size() - 1) : dotted;
  const bool plain = !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-/") == name.npos;
  if (!plain)
    return fmt::format("\"{}\" is no name of a sysctl, nor the beginning of one with a * at its end", pattern);
  if (NamespaceOf(name) != Namespace::kUnknown) return {};
  return fmt::format("\"{}\" is not known to be namespaced: a pod would set it for the whole host", pattern);
}

std::string ForbiddenSysctl(const api::PodSpec& spec, const std::vector<std::string>& allowed) {
  for (const auto& [written, value] : spec.security.sysctls) {
    const std::string name = DottedSysctl(written);
    const bool safe = std::find(kSafe.begin(), kSafe.end(), name) != kSafe.end();
    const bool permitted = std::any_of(allowed.begin(), allowed.end(), [&](const std::string& pattern) {
      return Matches(DottedSysctl(pattern), name);
    });
    if (!safe && !permitted) return fmt::format("forbidden sysctl: \"{}\" not allowlisted", name);
    const Namespace of = NamespaceOf(name);
    const char* shared = of == Namespace::kIpc && spec.host_ipc       ? "IPC"
                         : of == Namespace::kNet && spec.host_network ? "Net"
                                                                      : nullptr;
    if (shared != nullptr) {
      return fmt::format("forbidden sysctl: \"{}\" not allowed with host {} enabled", name, shared);
    }
  }
  return {};
}

}  // namespace ordinal::podsync
