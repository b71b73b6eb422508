#include "agent/api/kinds/service/choices.h"

#include <algorithm>

#include "agent/api/read.h"

namespace ordinal::api {
namespace {

bool HasAddress(const Json& spec) { return ReadString(spec, "type", "ClusterIP") != "ExternalName"; }
bool IsBalanced(const Json& spec) { return ReadString(spec, "type") == "LoadBalancer"; }
bool HasNodePorts(const Json& spec) {
  return ReadString(spec, "type") == "NodePort" ||
         (IsBalanced(spec) && ReadBool(spec, "allocateLoadBalancerNodePorts", true));
}
bool IsReachedFromOutside(const Json& spec) {
  const std::string type = ReadString(spec, "type");
  return type == "NodePort" || type == "LoadBalancer" || !Items(spec, "externalIPs").empty();
}
bool HasHealthCheck(const Json& spec) {
  return IsBalanced(spec) && ReadString(spec, "externalTrafficPolicy") == "Local";
}

void NodePorts(const Json& old, Json& next) {
  const Json& before = Items(old, "ports");
  if (!next.contains("ports") || !next["ports"].is_array()) return;
  for (Json& port : next["ports"]) {
    const bool kept = std::any_of(before.begin(), before.end(), [&](const Json& each) {
      const auto same = [&](const char* member) { return Member(each, member) == Member(port, member); };
      return same("nodePort") && same("port") && same("protocol");
    });
    if (kept) port.erase("nodePort");
  }
}

void Drop(const Json& old, Json& next) {
  if (HasAddress(old) && !HasAddress(next)) {
    DropUnchanged(old, next, {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"});
  }
  if (HasNodePorts(old) && !HasNodePorts(next)) NodePorts(old, next);
  if (HasHealthCheck(old) && !HasHealthCheck(next)) DropUnchanged(old, next, {"healthCheckNodePort"});
  if (IsBalanced(old) && !IsBalanced(next)) {
    DropUnchanged(old, next, {"allocateLoadBalancerNodePorts", "loadBalancerClass"});
  }
  if (IsReachedFromOutside(old) && !IsReachedFromOutside(next)) DropUnchanged(old, next, {"externalTrafficPolicy"});
  if (ReadString(old, "sessionAffinity") == "ClientIP" && ReadString(next, "sessionAffinity") != "ClientIP") {
    DropUnchanged(old, next, {"sessionAffinityConfig"});
  }
}

}  // namespace

constinit const ChoiceRule kServiceChoices{.drop = Drop, .also_whole = true};

}  // namespace ordinal::api
