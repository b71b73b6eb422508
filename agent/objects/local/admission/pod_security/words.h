// What checks have in common: the containers of a pod, and sentences about them. Pure.
#pragma once

#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

#include "agent/api/read.h"
#include "agent/objects/local/admission/pod_security/checks.h"

namespace ordinal::objects::pod_security {

using Words = std::vector<std::string>;

/// Init containers, containers, ephemeral containers.
template <class Visit>
void ForEachContainer(const api::Json& spec, Visit visit) {
  for (const char* list : {"initContainers", "containers", "ephemeralContainers"}) {
    for (const api::Json& container : api::Items(spec, list)) visit(container);
  }
}

inline std::string Quoted(const Words& words) { return fmt::format("\"{}\"", fmt::join(words, "\", \"")); }
inline std::string Quoted(const std::set<std::string>& words) { return Quoted(Words(words.begin(), words.end())); }

/// `container "a"`, `containers "a", "b"`.
inline std::string Some(const char* what, const Words& names) {
  return fmt::format("{}{} {}", what, names.size() == 1 ? "" : "s", Quoted(names));
}

inline const api::Json& SecurityOf(const api::Json& of) { return api::Member(of, "securityContext"); }
inline std::string NameOf(const api::Json& of) { return api::ReadString(of, "name"); }

/// `pod and containers "a", "b"`: who of a pod does something.
struct Doers {
  bool pod = false;
  Words containers;

  bool any() const { return pod || !containers.empty(); }
  std::string Text() const {
    if (containers.empty()) return "pod";
    return (pod ? "pod and " : "") + Some("container", containers);
  }
};

/// A user namespace of its own makes up for what a process is inside it.
inline bool HasOwnUsers(const PodRead& pod) { return !api::ReadBool(pod.spec, "hostUsers", true); }
inline bool IsWindows(const PodRead& pod) { return NameOf(api::Member(pod.spec, "os")) == "windows"; }

}  // namespace ordinal::objects::pod_security
