#include "agent/controllers/served_versions/plan.h"

#include "agent/api/kinds/api_service/available.h"

namespace ordinal::controllers::served_versions {
namespace {

using api::Json;
using api::Member;
using api::ReadString;

constexpr char kManaged[] = "kube-aggregator.kubernetes.io/automanaged";
constexpr char kOnStart[] = "onstart", kAlways[] = "true";
/// Is registered by nobody in the reference: it is the aggregator's own.
constexpr char kOwnGroup[] = "apiregistration.k8s.io";

struct Priority {
  std::string_view group;
  int minimum;
};
// pkg/controlplane/apiserver/aggregator.go; metrics.k8s.io as its server registers it.
constexpr Priority kPriorities[] = {{"", 18000},
                                    {"extensions", 17900},
                                    {"apps", 17800},
                                    {"events.k8s.io", 17750},
                                    {"authentication.k8s.io", 17700},
                                    {"authorization.k8s.io", 17600},
                                    {"autoscaling", 17500},
                                    {"batch", 17400},
                                    {"certificates.k8s.io", 17300},
                                    {"networking.k8s.io", 17200},
                                    {"policy", 17100},
                                    {"rbac.authorization.k8s.io", 17000},
                                    {"storage.k8s.io", 16800},
                                    {"apiextensions.k8s.io", 16700},
                                    {"admissionregistration.k8s.io", 16700},
                                    {"scheduling.k8s.io", 16600},
                                    {"coordination.k8s.io", 16500},
                                    {"node.k8s.io", 16300},
                                    {"discovery.k8s.io", 16200},
                                    {"flowcontrol.apiserver.k8s.io", 16100},
                                    {"metrics.k8s.io", 100}};
constexpr int kOfDefinitions = 1000, kOfDefinedVersions = 100;

int GroupPriority(const ServedVersion& version) {
  for (const Priority& each : kPriorities) {
    if (each.group == version.group) return each.minimum;
  }
  return kOfDefinitions;
}

int VersionPriority(const ServedVersion& version) {
  if (version.of_definition || version.group == "metrics.k8s.io") return kOfDefinedVersions;
  if (version.group.empty()) return 1;
  if (version.group == "flowcontrol.apiserver.k8s.io" && version.version == "v1") return 21;
  if (version.version == "v2") return 30;
  if (version.version == "v1") return 15;
  return version.version.ends_with("beta1") ? 5 : 9;
}

std::string ManagedBy(const Json& stored) { return ReadString(Member(Member(stored, "metadata"), "labels"), kManaged); }

bool SaysTheSame(const Json& stored, const Json& wanted) {
  Json said = stored;
  Say(wanted, said);
  return said == stored;
}

/// Whether an object that bears the label is this agent's to change now.
bool IsOurs(const std::string& name, const Json& stored, const Memory& memory) {
  const std::string managed = ManagedBy(stored);
  if (managed == kAlways) return true;
  return managed == kOnStart && memory.there_at_start.contains(name) && !memory.settled.contains(name);
}

}  // namespace

std::vector<ServedVersion> VersionsOf(api::openapi::KindList kinds) {
  std::set<std::string_view> defined;
  for (const api::KindInfo* info : kinds) {
    if (info->custom != nullptr) defined.insert(info->group);
  }
  std::vector<ServedVersion> all;
  for (const auto& [group, version] : api::openapi::ServedVersions(kinds)) {
    if (group == kOwnGroup) continue;
    all.push_back({std::string(group), std::string(version), defined.contains(group)});
  }
  return all;
}

Json DocumentOf(const ServedVersion& version) {
  Json body{{"apiVersion", std::string(kOwnGroup) + "/v1"}, {"kind", "APIService"}};
  const Json labels{{kManaged, version.of_definition ? kAlways : kOnStart}};
  body["metadata"] = Json{{"name", version.Name()}, {"labels", labels}};
  body["spec"] = Json{{"version", version.version},
                      {"groupPriorityMinimum", GroupPriority(version)},
                      {"versionPriority", VersionPriority(version)}};
  if (!version.group.empty()) body["spec"]["group"] = version.group;
  return body;
}

void Say(const Json& wanted, Json& stored) {
  stored["spec"] = wanted["spec"];
  stored["metadata"]["labels"][kManaged] = wanted["metadata"]["labels"][kManaged];
}

std::vector<Action> PlanFor(const std::vector<ServedVersion>& wanted, const std::map<std::string, Json>& stored,
                            Memory& memory) {
  if (!memory.begun) {
    for (const auto& [name, body] : stored) memory.there_at_start.insert(name);
    memory.begun = true;
  }
  std::vector<Action> actions;
  std::set<std::string> served;
  for (const ServedVersion& version : wanted) {
    const std::string name = version.Name();
    served.insert(name);
    const bool settled = memory.settled.contains(name);
    if (settled && !version.of_definition) continue;
    Json document = DocumentOf(version);
    const auto found = stored.find(name);
    if (found == stored.end()) {
      actions.push_back({Action::Verb::kCreate, name, std::move(document)});
    } else if (!IsOurs(name, found->second, memory) || SaysTheSame(found->second, document)) {
      memory.settled.insert(name);
    } else {
      actions.push_back({Action::Verb::kReplace, name, std::move(document)});
    }
  }
  for (const auto& [name, body] : stored) {
    if (served.contains(name) || !IsOurs(name, body, memory) || api::Deleting(body)) continue;
    actions.push_back({Action::Verb::kDelete, name, {}});
  }
  return actions;
}

Json ConditionsOf(const Json& stored, WallTime now) {
  Json conditions = Member(Member(stored, "status"), "conditions");
  if (!conditions.is_array()) conditions = Json::array();
  const bool local = !Member(Member(stored, "spec"), "service").is_object();
  if (local) {
    SetCondition({api::kAvailable, "True", api::kLocalReason, api::kLocalMessage}, now, conditions);
  } else if (const Json* said = FindCondition(conditions, api::kAvailable);
             said != nullptr && ReadString(*said, "reason") == api::kLocalReason) {
    RemoveCondition(api::kAvailable, conditions);
  }
  return conditions;
}

}  // namespace ordinal::controllers::served_versions
