#include "agent/controllers/flow_control/defaults.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "agent/base/log.h"
#include "agent/objects/create_or_find.h"

namespace ordinal::controllers::flow_control {
namespace {

using api::Json;

constexpr Duration kFirstWait = std::chrono::seconds(1), kLongestWait = std::chrono::minutes(5);
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
  body["metadata"] = Json{{"name", name}, {"annotations", Json{{"apf.kubernetes.io/autoupdate-spec", "true"}}}};
  return body;
}

Json DocumentOf(const Level& level) {
  Json response{{"type", level.queues > 0 ? "Queue" : "Reject"}};
  if (level.queues > 0) {
    response["queuing"] = Json{{"queues", level.queues}, {"handSize", level.hand}, {"queueLengthLimit", kQueueLength}};
  }
  Json limited{{"nominalConcurrencyShares", level.shares}, {"lendablePercent", level.lendable}};
  limited["limitResponse"] = std::move(response);
  return Document("PriorityLevelConfiguration", level.name, Json{{"type", "Limited"}, {"limited", std::move(limited)}});
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
  return Document("FlowSchema", schema.name, std::move(spec));
}

std::vector<Json> Documents() {
  std::vector<Json> all;
  Json exempt{{"type", "Exempt"}, {"exempt", Json{{"nominalConcurrencyShares", 0}, {"lendablePercent", 0}}}};
  all.push_back(Document("PriorityLevelConfiguration", "exempt", std::move(exempt)));
  for (const Level& level : kLevels) all.push_back(DocumentOf(level));
  for (const Schema& schema : Schemas()) all.push_back(DocumentOf(schema));
  return all;
}

}  // namespace

Task<Status> MakeDefaults(objects::Objects& objects) {
  Status done;
  std::vector<Json> missing = Documents();
  for (Json& body : missing) {
    objects::Unlike leaving = objects::UnlessDeleting;
    const auto made = co_await objects::CreateOrFind(objects, std::move(body), std::move(leaving));
    if (!made.ok() && done.ok()) done = made.error();
  }
  co_return done;
}

Task<void> RepeatDefaults(Clock& clock, objects::Objects& objects, Error last) {
  for (Duration wait = kFirstWait;; wait = std::min(wait * 2, kLongestWait)) {
    log::Warning("flow schemas and priority levels, tried again in {} s: {}",
                 std::chrono::duration_cast<std::chrono::seconds>(wait).count(), last.message);
    co_await Sleep(clock, wait);
    const Status made = co_await MakeDefaults(objects);
    if (made.ok()) co_return;
    last = made.error();
  }
}

}  // namespace ordinal::controllers::flow_control
