#include "agent/controllers/placement/affinity.h"

#include <algorithm>

#include "agent/api/selector.h"

namespace ordinal::controllers::placement {
namespace {

using api::Json;

constexpr const char* kRequired = "requiredDuringSchedulingIgnoredDuringExecution";

const Json& Affinity(const api::Pod& pod, const char* kind) {
  const Json& affinity = api::Member(api::Member(pod.object.body(), "spec"), "affinity");
  return api::Member(api::Member(affinity, kind), kRequired);
}

/// One v1.NodeSelectorRequirement; Gt and Lt are not known to label selectors' JSON form, but to their text.
bool Holds(const Json& expression, const api::StringMap& labels) {
  const std::string op = api::ReadString(expression, "operator");
  if (op == "Gt" || op == "Lt") {
    const auto values = api::ReadStrings(expression, "values");
    if (values.size() != 1) return false;
    const auto selector =
        api::Selector::Parse(api::ReadString(expression, "key") + (op == "Gt" ? ">" : "<") + values.front());
    return selector.ok() && selector->Matches(labels);
  }
  const auto selector = api::Selector::FromJson(Json{{"matchExpressions", Json::array({expression})}});
  return selector.ok() && selector->Matches(labels);
}

bool AllHold(const Json& expressions, const api::StringMap& labels) {
  return !expressions.is_array() || std::all_of(expressions.begin(), expressions.end(),
                                                [&](const Json& expression) { return Holds(expression, labels); });
}

bool TermMatches(const Json& term, const NodeView& node) {
  const Json& expressions = api::Member(term, "matchExpressions");
  const Json& fields = api::Member(term, "matchFields");
  if (expressions.empty() && fields.empty()) return false;
  return AllHold(expressions, node.labels) && AllHold(fields, {{"metadata.name", node.name}});
}

/// Whether a pod of namespace `ns` with these labels is one that `term` of a pod in `own_ns` speaks of.
bool Speaks(const Json& term, const std::string& own_ns, const std::string& ns, const api::StringMap& labels,
            const NamespaceLabels& labels_of) {
  const auto names = api::ReadStrings(term, "namespaces");
  const Json& selector = api::Member(term, "namespaceSelector");
  bool in_namespace = std::find(names.begin(), names.end(), ns) != names.end();
  if (names.empty() && selector.is_null()) in_namespace = ns == own_ns;
  if (!in_namespace && selector.is_object()) {
    const auto parsed = api::Selector::FromJson(selector);
    in_namespace = parsed.ok() && parsed->Matches(labels_of(ns));
  }
  const Json& of_pods = api::Member(term, "labelSelector");
  if (!in_namespace || !of_pods.is_object()) return false;  // no selector speaks of no pod
  const auto parsed = api::Selector::FromJson(of_pods);
  return parsed.ok() && parsed->Matches(labels);
}

bool SpeaksOfAny(const Json& term, const std::string& own_ns, const Neighbours& others,
                 const NamespaceLabels& labels_of) {
  return std::any_of(others.begin(), others.end(), [&](const auto& item) {
    return Speaks(term, own_ns, item.second.ns, item.second.labels, labels_of);
  });
}

bool InDomain(const Json& term, const NodeView& node) {
  return node.labels.contains(api::ReadString(term, "topologyKey"));
}

bool Refuses(const Footprint& other, const api::Pod& pod, const NodeView& node, const NamespaceLabels& labels_of) {
  return std::any_of(other.anti_affinity.begin(), other.anti_affinity.end(), [&](const Json& term) {
    return InDomain(term, node) && Speaks(term, other.ns, pod.meta.ns, pod.meta.labels, labels_of);
  });
}

}  // namespace

bool MatchesNode(const Json& node_selector, const NodeView& node) {
  const Json& terms = api::Member(node_selector, "nodeSelectorTerms");
  return std::any_of(terms.begin(), terms.end(), [&](const Json& term) { return TermMatches(term, node); });
}

bool WantsNode(const api::Pod& pod, const NodeView& node) {
  const auto wanted = api::ReadStringMap(api::Member(pod.object.body(), "spec"), "nodeSelector");
  const bool labelled = std::all_of(wanted.begin(), wanted.end(), [&](const auto& pair) {
    const auto found = node.labels.find(pair.first);
    return found != node.labels.end() && found->second == pair.second;
  });
  const Json& required = Affinity(pod, "nodeAffinity");
  return labelled && (required.is_null() || MatchesNode(required, node));
}

std::string PodAffinityObstacle(const api::Pod& pod, const NodeView& node, const Neighbours& others,
                                const NamespaceLabels& labels_of) {
  const Json& wanted = Affinity(pod, "podAffinity");
  for (const Json& term : wanted) {
    // The first pod of a group that wants to be together has nobody to join.
    const bool joined = SpeaksOfAny(term, pod.meta.ns, others, labels_of) ||
                        Speaks(term, pod.meta.ns, pod.meta.ns, pod.meta.labels, labels_of);
    if (!InDomain(term, node) || !joined) return "node(s) didn't match pod affinity rules";
  }
  for (const Json& term : Affinity(pod, "podAntiAffinity")) {
    if (InDomain(term, node) && SpeaksOfAny(term, pod.meta.ns, others, labels_of)) {
      return "node(s) didn't match pod anti-affinity rules";
    }
  }
  for (const std::string& key : others.with_anti_affinity()) {
    if (Refuses(others.At(key), pod, node, labels_of)) {
      return "node(s) didn't satisfy existing pods anti-affinity rules (" + key + ")";
    }
  }
  return {};
}

std::string SpreadObstacle(const api::Pod& pod, const NodeView& node, const Neighbours& others) {
  for (const Json& constraint : api::Member(api::Member(pod.object.body(), "spec"), "topologySpreadConstraints")) {
    if (api::ReadString(constraint, "whenUnsatisfiable") != "DoNotSchedule") continue;
    if (!InDomain(constraint, node)) {
      return "node(s) didn't match pod topology spread constraints (missing required label)";
    }
    if (api::ReadInt(constraint, "minDomains", 1) <= 1) continue;
    const auto selector = api::Selector::FromJson(api::Member(constraint, "labelSelector"));
    const auto here = std::count_if(others.begin(), others.end(), [&](const auto& item) {
      return item.second.ns == pod.meta.ns && selector.ok() && selector->Matches(item.second.labels);
    });
    const bool itself = selector.ok() && selector->Matches(pod.meta.labels);
    // With fewer domains than asked for, the emptiest one counts as having none.
    if (here + (itself ? 1 : 0) > api::ReadInt(constraint, "maxSkew", 1)) {
      return "node(s) didn't match pod topology spread constraints";
    }
  }
  return {};
}

}  // namespace ordinal::controllers::placement
