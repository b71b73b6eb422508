#include "agent/api/kinds/resource_quota/scopes.h"

#include <algorithm>
#include <array>
#include <set>

#include "agent/api/kinds/pod/view.h"
#include "agent/api/kinds/resource_quota/fields.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr std::string_view kComputeResources[] = {"cpu",    "limits.cpu",   "limits.memory",
                                                  "memory", "requests.cpu", "requests.memory"};

bool IsAmong(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// A class that the object names, or none, against a condition (labels.Selector of a set with one label).
bool HoldsForClass(const ResourceQuota::Scope& scope, const std::string& name) {
  const bool listed = std::find(scope.values.begin(), scope.values.end(), name) != scope.values.end();
  if (scope.op == "In") return !name.empty() && listed;
  if (scope.op == "NotIn") return name.empty() || !listed;
  return scope.op == "DoesNotExist" ? name.empty() : !name.empty();
}

bool CrossesNamespaces(const Json& term) {
  return !Items(term, "namespaces").empty() || Member(term, "namespaceSelector").is_object();
}

bool UsesOtherNamespaces(const Json& spec) {
  const Json& affinity = Member(spec, "affinity");
  for (const char* which : {"podAffinity", "podAntiAffinity"}) {
    const Json& terms = Member(affinity, which);
    for (const Json& term : Items(terms, "requiredDuringSchedulingIgnoredDuringExecution")) {
      if (CrossesNamespaces(term)) return true;
    }
    for (const Json& term : Items(terms, "preferredDuringSchedulingIgnoredDuringExecution")) {
      if (CrossesNamespaces(Member(term, "podAffinityTerm"))) return true;
    }
  }
  return false;
}

bool PodInScope(const ResourceQuota::Scope& scope, const Json& spec) {
  const std::string& name = scope.name;
  const bool ends = ReadInt(spec, "activeDeadlineSeconds", -1) >= 0;
  if (name == "Terminating") return ends;
  if (name == "NotTerminating") return !ends;
  if (name == "PriorityClass") return HoldsForClass(scope, ReadString(spec, "priorityClassName"));
  if (name == "CrossNamespacePodAffinity") return UsesOtherNamespaces(spec);
  if (name != "BestEffort" && name != "NotBestEffort") return false;
  return (QosClass(ReadPodSpec(spec)) == "BestEffort") == (name == "BestEffort");
}

/// The class that a claim has, wants and is being given.
bool ClaimInScope(const ResourceQuota::Scope& scope, const Json& body) {
  if (scope.name != "VolumeAttributesClass") return false;
  const Json &spec = Member(body, "spec"), &status = Member(body, "status");
  std::set<std::string> classes = {ReadString(spec, "volumeAttributesClassName"),
                                   ReadString(status, "currentVolumeAttributesClassName"),
                                   ReadString(Member(status, "modifyVolumeStatus"), "targetVolumeAttributesClassName")};
  classes.erase("");
  if (classes.empty()) return HoldsForClass(scope, "");
  return std::any_of(classes.begin(), classes.end(),
                     [&](const std::string& name) { return HoldsForClass(scope, name); });
}

}  // namespace

bool InScope(const ResourceQuota::Scope& scope, const KindInfo& kind, const Json& body) {
  if (IsBuiltIn(kind, Pod::kKind)) return PodInScope(scope, Member(body, "spec"));
  return IsBuiltIn(kind, "PersistentVolumeClaim") && ClaimInScope(scope, body);
}

bool IsScope(std::string_view name) { return IsAmong(schema::kQuotaScopes, name); }

bool FitsScope(std::string_view scope, std::string_view resource) {
  if (scope == "BestEffort") return resource == "pods";
  if (scope == "VolumeAttributesClass") return resource == "persistentvolumeclaims" || resource == "requests.storage";
  return resource == "pods" || IsAmong(kComputeResources, resource);
}

}  // namespace ordinal::api
