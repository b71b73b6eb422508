#include "agent/api/patch/choices.h"

#include <algorithm>

#include "agent/api/patch/fields.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

bool Same(const Json& old, const Json& next, const char* member) { return Member(old, member) == Member(next, member); }

void DropIfSame(const Json& old, Json& next, std::initializer_list<const char*> members) {
  for (const char* member : members) {
    if (Same(old, next, member)) next.erase(member);
  }
}

void Strategy(const Json& old, Json& next) {
  const bool rolls = ReadString(next, "type") == "RollingUpdate";
  if (!rolls && !Same(old, next, "type")) DropIfSame(old, next, {"rollingUpdate"});
}

/// The source that a volume without one gets.
void Volume(const Json& old, Json& next) {
  const Json& empty = Member(old, "emptyDir");
  const bool other_source = next.size() > next.count("name") + next.count("emptyDir");
  if (empty.is_object() && empty.empty() && other_source) DropIfSame(old, next, {"emptyDir"});
}

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
      return Same(each, port, "nodePort") && Same(each, port, "port") && Same(each, port, "protocol");
    });
    if (kept) port.erase("nodePort");
  }
}

void Service(const Json& old, Json& next) {
  if (HasAddress(old) && !HasAddress(next)) {
    DropIfSame(old, next, {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"});
  }
  if (HasNodePorts(old) && !HasNodePorts(next)) NodePorts(old, next);
  if (HasHealthCheck(old) && !HasHealthCheck(next)) DropIfSame(old, next, {"healthCheckNodePort"});
  if (IsBalanced(old) && !IsBalanced(next)) {
    DropIfSame(old, next, {"allocateLoadBalancerNodePorts", "loadBalancerClass"});
  }
  if (IsReachedFromOutside(old) && !IsReachedFromOutside(next)) DropIfSame(old, next, {"externalTrafficPolicy"});
  if (ReadString(old, "sessionAffinity") == "ClientIP" && ReadString(next, "sessionAffinity") != "ClientIP") {
    DropIfSame(old, next, {"sessionAffinityConfig"});
  }
}

void Walk(const StructType& type, const Json& old, Json& next, Written written);

/// Items of a list with a merge key, each with the one of before; others have no before.
void WalkList(const Field& field, const Json& old, Json& next, Written written) {
  if (field.merge_key.empty() || field.merge_key == "=" || !old.is_array() || !next.is_array()) return;
  for (Json& item : next) {
    const auto before = std::find_if(old.begin(), old.end(), [&](const Json& each) {
      return Member(each, field.merge_key) == Member(item, field.merge_key);
    });
    if (before != old.end()) Walk(*field.of, *before, item, written);
  }
}

void Walk(const StructType& type, const Json& old, Json& next, Written written) {
  if (!old.is_object() || !next.is_object() || old == next) return;
  for (auto member = next.begin(); member != next.end(); ++member) {
    const Field* field = FindField(&type, member.key());
    if (field == nullptr || field->type != FieldType::kStruct) continue;
    if (field->shape == Shape::kOne) Walk(*field->of, Member(old, member.key()), *member, written);
    if (field->shape == Shape::kList) WalkList(*field, Member(old, member.key()), *member, written);
  }
  if (type.name == "ServiceSpec") Service(old, next);
  if (written == Written::kWhole) return;
  if (type.name == "DeploymentStrategy" || type.name == "StatefulSetUpdateStrategy") Strategy(old, next);
  if (type.name == "Volume") Volume(old, next);
}

}  // namespace

Json WithoutOldChoices(const StructType& type, const Json& old, Json next, Written written) {
  Walk(type, old, next, written);
  return next;
}

}  // namespace ordinal::api
