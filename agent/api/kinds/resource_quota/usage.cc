#include "agent/api/kinds/resource_quota/usage.h"

#include <algorithm>

#include "agent/api/kinds/pod/resources.h"
#include "agent/api/kinds/pod/view.h"
#include "agent/api/kinds/shared/class_before.h"
#include "agent/api/kinds/shared/resource_names.h"
#include "agent/api/read.h"
#include "agent/base/bounded_time.h"

namespace ordinal::api {
namespace {

constexpr std::string_view kOfPods[] = {"cpu",
                                        "ephemeral-storage",
                                        "limits.cpu",
                                        "limits.ephemeral-storage",
                                        "limits.memory",
                                        "memory",
                                        "pods",
                                        "requests.cpu",
                                        "requests.ephemeral-storage",
                                        "requests.memory"};
/// Kinds that are counted under their plural too.
constexpr std::string_view kCountedByName[] = {
    "configmaps", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas", "secrets", "services"};
constexpr std::string_view kOfClass = ".storageclass.storage.k8s.io/";

template <class Names>
bool Lists(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// A pod that its node should have ended long ago keeps nobody from making another one.
bool IsStuck(const Json& pod, WallTime now) {
  const Meta meta = ReadMeta(pod);
  return meta.deleted && meta.deletion_grace_seconds &&
         now > *meta.deleted + BoundedDuration(*meta.deletion_grace_seconds);
}

/// Whether the pod writes the resource with Ki, Mi …: its first container that has it counts.
bool WrittenBinary(const Json& spec, const char* member, const std::string& resource) {
  for (const char* list : {"containers", "initContainers"}) {
    for (const Json& container : Items(spec, list)) {
      const Json& amount = Member(Member(Member(container, "resources"), member), resource);
      if (amount.is_string()) return amount.get_ref<const std::string&>().ends_with('i');
    }
  }
  return Amount::Read(Member(Member(Member(spec, "resources"), member), resource)).binary;
}

Amounts OfPodThatRuns(const Json& spec) {
  const PodSpec read = ReadPodSpec(spec);
  Amounts amounts;
  amounts["pods"] = Amount::Of(1);
  for (const auto& [resource, quantity] : RequestsOf(read)) {
    const Amount amount{quantity, WrittenBinary(spec, "requests", resource)};
    const bool known = Lists(kOfPods, resource) || IsHugePages(resource);
    if (known) amounts[resource] = amount;
    if (known || resource.find('/') != std::string::npos) amounts["requests." + resource] = amount;
  }
  for (const auto& [resource, quantity] : LimitsOf(read)) {
    if (Lists(kOfPods, resource)) amounts["limits." + resource] = {quantity, WrittenBinary(spec, "limits", resource)};
  }
  return amounts;
}

Amounts OfService(const Json& spec) {
  const std::string type = ReadString(spec, "type");
  const Json& ports = Items(spec, "ports");
  auto node_ports = static_cast<int64_t>(ports.size());
  if (type == "LoadBalancer" && !ReadBool(spec, "allocateLoadBalancerNodePorts", true)) {
    node_ports =
        std::count_if(ports.begin(), ports.end(), [](const Json& port) { return ReadInt(port, "nodePort") > 0; });
  }
  Amounts amounts;
  amounts["services.nodeports"] = Amount::Of(type == "NodePort" || type == "LoadBalancer" ? node_ports : 0);
  amounts["services.loadbalancers"] = Amount::Of(type == "LoadBalancer" ? 1 : 0);
  return amounts;
}

/// Whole bytes.
Amount StorageOf(const Json& claim) {
  Amount asked = Amount::Read(Member(Member(Member(Member(claim, "spec"), "resources"), "requests"), "storage"));
  const Amount given = Amount::Read(Member(Member(Member(claim, "status"), "allocatedResources"), "storage"));
  if (given.quantity > asked.quantity) asked = given;
  return {Amount::Of(asked.quantity.Value()).quantity, asked.binary};
}

Amounts OfClaim(const Json& claim) {
  Amounts amounts;
  const Amount storage = StorageOf(claim);
  amounts["requests.storage"] = storage;
  std::string of_class = ReadString(Member(claim, "spec"), "storageClassName");
  const Json& before = Member(Member(Member(claim, "metadata"), "annotations"), kClassBefore);
  if (before.is_string()) of_class = before.get<std::string>();
  if (of_class.empty()) return amounts;
  of_class += kOfClass;
  amounts[of_class + "persistentvolumeclaims"] = Amount::Of(1);
  amounts[of_class + "requests.storage"] = storage;
  return amounts;
}

bool IsCounted(const KindInfo& kind) { return kind.namespaced && !IsBuiltIn(kind, "Event"); }

/// Whether each object of the kind takes one of the resource, whatever it says.
bool IsMereCount(const KindInfo& kind, std::string_view resource) {
  if (resource == CountOf(kind)) return true;
  return kind.group.empty() && resource == kind.plural && Lists(kCountedByName, resource);
}

}  // namespace

std::string CountOf(const KindInfo& kind) {
  std::string name = "count/" + std::string(kind.plural);
  return kind.group.empty() ? name : name + "." + std::string(kind.group);
}

bool MayTake(const KindInfo& kind, std::string_view resource) {
  if (!IsCounted(kind)) return false;
  if (IsMereCount(kind, resource)) return true;
  if (IsBuiltIn(kind, "Service")) return resource.starts_with("services.");
  const bool storage = resource == "requests.storage" || resource.find(kOfClass) != std::string_view::npos;
  if (IsBuiltIn(kind, "PersistentVolumeClaim")) return storage;
  if (!IsBuiltIn(kind, Pod::kKind) || storage || resource.starts_with("count/")) return false;
  const bool extended = resource.starts_with("requests.") && resource.find('/') != std::string_view::npos;
  return Lists(kOfPods, resource) || IsHugePages(resource) || extended;
}

ObjectCounter::ObjectCounter(const KindInfo& kind, const Amounts& wanted) : kind_(kind) {
  for (const auto& [resource, unused] : wanted) {
    if (!MayTake(kind, resource)) continue;
    if (IsMereCount(kind, resource)) {
      each_[resource] = Amount::Of(1);
    } else {
      others_.insert(resource);
    }
  }
}

Amounts ObjectCounter::Of(const Json& body, WallTime now) const {
  Amounts amounts = each_;
  if (others_.empty()) return amounts;
  Amounts read;
  if (IsBuiltIn(kind_, Pod::kKind)) {
    if (Ended(body) || IsStuck(body, now)) return amounts;
    const bool number_alone = others_.size() == 1 && others_.contains("pods");
    read = number_alone ? Amounts{{"pods", Amount::Of(1)}} : OfPodThatRuns(Member(body, "spec"));
  } else if (IsBuiltIn(kind_, "Service")) {
    read = OfService(Member(body, "spec"));
  } else if (IsBuiltIn(kind_, "PersistentVolumeClaim")) {
    read = OfClaim(body);
  }
  for (const auto& [resource, amount] : read) {
    if (others_.contains(resource)) amounts[resource] = amount;
  }
  return amounts;
}

Amounts ObjectCounter::OfAlike(int64_t count) const {
  Amounts amounts;
  for (const auto& [resource, unused] : each_) amounts[resource] = Amount::Of(count);
  return amounts;
}

}  // namespace ordinal::api
