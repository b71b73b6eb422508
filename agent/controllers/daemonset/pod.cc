#include "agent/controllers/daemonset/pod.h"

#include <algorithm>
#include <utility>

#include "agent/controllers/placement/affinity.h"
#include "agent/controllers/placement/tolerations.h"
#include "agent/controllers/pod_from_template.h"

namespace ordinal::controllers::daemonset {
namespace {

using api::Json;

constexpr const char* kRequired = "requiredDuringSchedulingIgnoredDuringExecution";

Json Tolerate(const char* what, const char* effect) {
  return Json{{"key", std::string("node.kubernetes.io/") + what}, {"operator", "Exists"}, {"effect", effect}};
}

/// What troubles a node keeps no pod of a DaemonSet away.
std::vector<Json> TolerationsOf(bool host_network) {
  std::vector<Json> all{Tolerate("not-ready", "NoExecute"),      Tolerate("unreachable", "NoExecute"),
                        Tolerate("disk-pressure", "NoSchedule"), Tolerate("memory-pressure", "NoSchedule"),
                        Tolerate("pid-pressure", "NoSchedule"),  Tolerate("unschedulable", "NoSchedule")};
  if (host_network) all.push_back(Tolerate("network-unavailable", "NoSchedule"));
  return all;
}

bool SameButSeconds(Json one, Json other) {
  one.erase("tolerationSeconds");
  other.erase("tolerationSeconds");
  return one == other;
}

void AddTolerations(Json& spec) {
  if (!api::Member(spec, "tolerations").is_array()) spec["tolerations"] = Json::array();
  Json& own = spec["tolerations"];
  for (Json& added : TolerationsOf(api::ReadBool(spec, "hostNetwork"))) {
    const auto same =
        std::find_if(own.begin(), own.end(), [&](const Json& each) { return SameButSeconds(each, added); });
    if (same == own.end()) {
      own.push_back(std::move(added));
    } else {
      *same = std::move(added);
    }
  }
}

const Json& RequiredAffinity(const Json& spec) {
  return api::Member(api::Member(api::Member(spec, "affinity"), "nodeAffinity"), kRequired);
}

/// The template as it is looked at on a node: a node that its writer named counts as well.
bool WantsNode(const api::DaemonSet& set, const Json& spec, const placement::NodeView& node) {
  const std::string named = api::ReadString(spec, "nodeName");
  if (!named.empty() && named != node.name) return false;
  api::Pod pod;
  pod.object =
      api::Object(Json{{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", {{"name", set.meta.name}}}, {"spec", spec}});
  return placement::WantsNode(pod, node);
}

}  // namespace

Json BuildPod(const api::DaemonSet& set, const std::string& node, const std::string& hash) {
  Json pod = PodFromTemplate(set.pod_template(), set.object);
  pod["metadata"]["labels"][kRevisionLabel] = hash;
  Json& spec = pod["spec"];
  const Json here = Json{{"key", "metadata.name"}, {"operator", "In"}, {"values", Json::array({node})}};
  const Json term = Json{{"matchFields", Json::array({here})}};
  spec["affinity"]["nodeAffinity"][kRequired] = Json{{"nodeSelectorTerms", Json::array({term})}};
  AddTolerations(spec);
  return pod;
}

std::string TargetOf(const api::Pod& pod) {
  if (!pod.spec.node_name.empty()) return pod.spec.node_name;
  for (const Json& term : api::Member(RequiredAffinity(api::Member(pod.object.body(), "spec")), "nodeSelectorTerms")) {
    for (const Json& field : api::Member(term, "matchFields")) {
      const auto values = api::ReadStrings(field, "values");
      if (api::ReadString(field, "key") == "metadata.name" && api::ReadString(field, "operator") == "In" &&
          values.size() == 1) {
        return values.front();
      }
    }
  }
  return {};
}

Fitness FitnessOf(const api::DaemonSet& set, const placement::NodeView& node) {
  Json spec = api::Member(set.pod_template(), "spec");
  if (!spec.is_object()) spec = Json::object();
  if (!WantsNode(set, spec, node)) return {};
  AddTolerations(spec);
  const Json& tolerations = spec["tolerations"];
  if (placement::UntoleratedTaint(tolerations, node.taints, {"NoSchedule", "NoExecute"}) == nullptr)
    return {true, true};
  return {false, placement::UntoleratedTaint(tolerations, node.taints, {"NoExecute"}) == nullptr};
}

}  // namespace ordinal::controllers::daemonset
