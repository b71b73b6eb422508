#include "agent/controllers/flow_control/plan.h"

#include <string>
#include <utility>
#include <variant>

#include "agent/api/decode.h"

namespace ordinal::controllers::flow_control {
namespace {

using api::Json;

constexpr char kAutoUpdate[] = "apf.kubernetes.io/autoupdate-spec";
constexpr const char* kVersion = "flowcontrol.apiserver.k8s.io/v1";

/// A level that has a share; without queues it refuses what is beyond it.
struct Level {
  const char* name;
  int shares, lendable, queues, hand;
};
constexpr int kQueueLength = 50;
constexpr Level kLevels[] = {{"catch-all", 5, 0, 0, 0},         {"global-default", 20, 50, 128, 6},
                             {"leader-election", 10, 0, 16, 4}, {"node-high", 40, 25, 64, 6},
                             {"system", 30, 33, 64, 6},         {"workload-high", 40, 50, 128, 6},
                             {"workload-low", 100, 90, 128, 6}};

/// A schema of all that some groups ask.
struct Schema {
  const char *name, *level;
  int precedence;
  const char* by;  ///< what makes a flow of its own; null: nothing
  std::vector<const char*> groups;
  bool health_only = false;
};

const std::vector<Schema>& Schemas() {
  static const std::vector<Schema> all = {
      {"exempt", "exempt", 1, nullptr, {"system:masters"}},
      {"probes", "exempt", 2, nullptr, {"system:unauthenticated", "system:authenticated"}, true},
      {"system-nodes", "system", 500, "ByUser", {"system:nodes"}},
      {"service-accounts", "workload-low", 9000, "ByUser", {"system:serviceaccounts"}},
      {"global-default", "global-default", 9900, "ByUser", {"system:unauthenticated", "system:authenticated"}},
      {"catch-all", "catch-all", 10000, "ByUser", {"system:unauthenticated", "system:authenticated"}},
  };
  return all;
}

Json Document(const char* kind, const char* name, Json spec) {
  Json body{{"apiVersion", kVersion}, {"kind", kind}, {"spec", std::move(spec)}};
  body["metadata"] = Json{{"name", name}, {"annotations", Json{{kAutoUpdate, "true"}}}};
  return body;
}

Json DocumentOf(const Level& level) {
  Json response{{"type", level.queues > 0 ? "Queue" : "Reject"}};
  if (level.queues > 0) {
    response["queuing"] = Json{{"queues", level.queues}, {"handSize", level.hand}, {"queueLengthLimit", kQueueLength}};
  }
  Json limited{{"nominalConcurrencyShares", level.shares}, {"lendablePercent", level.lendable}};
  limited["limitResponse"] = std::move(response);
  return Document(kLevel, level.name, Json{{"type", "Limited"}, {"limited", std::move(limited)}});
}

Json RuleOf(const Schema& schema) {
  const Json all = Json::array({"*"});
  Json rule;
  for (const char* group : schema.groups) {
    rule["subjects"].push_back(Json{{"kind", "Group"}, {"group", Json{{"name", group}}}});
  }
  Json paths{{"verbs", all}, {"nonResourceURLs", all}};
  if (schema.health_only) {
    paths = Json{{"verbs", Json::array({"get"})}, {"nonResourceURLs", Json::array({"/healthz", "/readyz", "/livez"})}};
  } else {
    Json resources{{"verbs", all}, {"apiGroups", all}, {"resources", all}, {"clusterScope", true}, {"namespaces", all}};
    rule["resourceRules"] = Json::array({std::move(resources)});
  }
  rule["nonResourceRules"] = Json::array({std::move(paths)});
  return rule;
}

Json DocumentOf(const Schema& schema) {
  Json spec{{"priorityLevelConfiguration", Json{{"name", schema.level}}},
            {"matchingPrecedence", schema.precedence},
            {"rules", Json::array({RuleOf(schema)})}};
  if (schema.by != nullptr) spec["distinguisherMethod"] = Json{{"type", schema.by}};
  return Document(kSchema, schema.name, std::move(spec));
}

std::vector<Json> Written() {
  std::vector<Json> all;
  Json exempt{{"type", "Exempt"}, {"exempt", Json{{"nominalConcurrencyShares", 0}, {"lendablePercent", 0}}}};
  all.push_back(Document(kLevel, "exempt", std::move(exempt)));
  for (const Level& level : kLevels) all.push_back(DocumentOf(level));
  for (const Schema& schema : Schemas()) all.push_back(DocumentOf(schema));
  return all;
}

std::string NameOf(const Json& body) { return api::ReadString(api::Member(body, "metadata"), "name"); }

bool IsMandatory(const Json& body) { return NameOf(body) == "exempt" || NameOf(body) == "catch-all"; }

/// Nothing: the object does not say.
std::optional<bool> SaidAutoUpdate(const Json& stored) {
  const std::string said = api::ReadString(api::Member(api::Member(stored, "metadata"), "annotations"), kAutoUpdate);
  if (said == "true" || said == "false") return said == "true";
  return std::nullopt;
}

/// What the level exempt lends is whoever's who runs the cluster.
Json SpecFor(const Json& wanted, const Json& stored) {
  Json spec = wanted["spec"];
  const Json& exempt = api::Member(api::Member(stored, "spec"), "exempt");
  if (!spec.contains("exempt") || !exempt.is_object()) return spec;
  for (const char* member : {"nominalConcurrencyShares", "lendablePercent"}) api::Carry(exempt, member, spec["exempt"]);
  return spec;
}

}  // namespace

const std::vector<Json>& Documents() {
  static const std::vector<Json> all = [] {
    std::vector<Json> completed;
    for (const Json& body : Written()) completed.push_back(std::get<api::Decoded>(api::Decode(body)).body);
    return completed;
  }();
  return all;
}

bool PutRight(const Json& wanted, Json& stored) {
  const std::optional<bool> said = SaidAutoUpdate(stored);
  const bool untouched = api::ReadInt(api::Member(stored, "metadata"), "generation") == 1;
  const bool updates = IsMandatory(wanted) || said.value_or(untouched);
  bool changed = false;
  if (Json spec = SpecFor(wanted, stored); updates && stored["spec"] != spec) {
    stored["spec"] = std::move(spec);
    changed = true;
  }
  if (said != updates) {
    stored["metadata"]["annotations"][kAutoUpdate] = updates ? "true" : "false";
    changed = true;
  }
  return changed;
}

}  // namespace ordinal::controllers::flow_control
