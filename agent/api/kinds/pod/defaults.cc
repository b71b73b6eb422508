#include "agent/api/kinds/pod/defaults.h"

#include "agent/api/kinds/pod/pod_resources.h"
#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr const char* kContainerLists[] = {"containers", "initContainers", "ephemeralContainers"};

/// Calls `visit` for every container of the pod.
template <class Visit>
void EachContainer(Json& spec, Visit visit) {
  for (const char* list : kContainerLists) {
    if (!spec.contains(list)) continue;
    for (auto& container : spec[list]) visit(container);
  }
}

/// The newest image may change under its name, any other tag or digest should not.
std::string PullPolicy(const std::string& image) {
  if (image.find('@') != std::string::npos) return "IfNotPresent";
  const size_t slash = image.rfind('/');
  const size_t colon = image.find(':', slash == std::string::npos ? 0 : slash);
  return colon == std::string::npos || image.substr(colon) == ":latest" ? "Always" : "IfNotPresent";
}

void RequestsFromLimits(Json& container) {
  const Json limits = Member(Member(container, "resources"), "limits");
  if (!limits.is_object()) return;
  for (const auto& [resource, amount] : limits.items()) {
    Json& requests = container["resources"]["requests"];
    if (!requests.contains(resource)) requests[resource] = amount;
  }
}

void HostPortsFromPorts(Json& container) {
  if (!container.contains("ports")) return;
  for (auto& port : container["ports"]) {
    if (ReadInt(port, "hostPort") == 0 && port.contains("containerPort")) port["hostPort"] = port["containerPort"];
  }
}

}  // namespace

void DefaultPodSpec(Json& spec) {
  EachContainer(spec, [](Json& container) {
    if (ReadString(container, "imagePullPolicy").empty()) {
      container["imagePullPolicy"] = PullPolicy(ReadString(container, "image"));
    }
  });
  if (spec.contains("volumes")) {
    for (auto& volume : spec["volumes"]) {
      if (volume.size() == volume.count("name")) volume["emptyDir"] = Json::object();
      if (volume.contains("image") && ReadString(volume["image"], "pullPolicy").empty()) {
        volume["image"]["pullPolicy"] = PullPolicy(ReadString(volume["image"], "reference"));
      }
    }
  }
  // serviceAccount is the old name of serviceAccountName; both are always written alike.
  const std::string account = ReadString(spec, "serviceAccountName", ReadString(spec, "serviceAccount"));
  if (!account.empty()) spec["serviceAccount"] = spec["serviceAccountName"] = account;
}

void DefaultPodOnly(Json& spec) {
  EachContainer(spec, RequestsFromLimits);
  DefaultPodResources(spec);
  if (ReadBool(spec, "hostNetwork")) EachContainer(spec, HostPortsFromPorts);
  if (!spec.contains("enableServiceLinks")) spec["enableServiceLinks"] = true;
}

}  // namespace ordinal::api
