#include "agent/controllers/definitions/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "agent/api/custom/structural.h"
#include "agent/api/read.h"
#include "agent/controllers/conditions.h"

namespace ordinal::controllers::definitions {
namespace {

using api::Json;
using api::Member;
using api::ReadString;

constexpr size_t kMostNamedRules = 10;
constexpr char kRulesCondition[] = "ValidationRulesIgnored";

const Json& SpecOf(const Json& definition) { return Member(definition, "spec"); }

bool IsTrue(const Json& status, std::string_view type) {
  const Json* condition = FindCondition(Member(status, "conditions"), type);
  return condition != nullptr && ReadString(*condition, "status") == "True";
}

bool IsEstablished(const Json& definition) { return IsTrue(Member(definition, "status"), "Established"); }

/// What the others of a group are called.
struct Taken {
  std::set<std::string> resources, kinds;

  Taken(const Json& definition, const std::vector<const Json*>& others) {
    for (const Json* other : others) {
      const bool same_group = ReadString(SpecOf(*other), "group") == ReadString(SpecOf(definition), "group");
      if (!same_group ||
          ReadString(Member(*other, "metadata"), "name") == ReadString(Member(definition, "metadata"), "name")) {
        continue;
      }
      const Json& names = Member(Member(*other, "status"), "acceptedNames");
      for (const char* member : {"plural", "singular"}) resources.insert(ReadString(names, member));
      for (const std::string& name : api::ReadStrings(names, "shortNames")) resources.insert(name);
      for (const char* member : {"kind", "listKind"}) kinds.insert(ReadString(names, member));
    }
    resources.erase("");
    kinds.erase("");
  }
};

struct Conflict {
  std::string reason, message;
};

/// Takes the names that are free into `accepted`; the last conflict of the others is what the condition tells.
Conflict AcceptNames(const Json& wanted, const Taken& taken, Json& accepted) {
  Conflict conflict;
  const auto refuse = [&](const char* reason, const std::string& name) {
    conflict = {reason, fmt::format("\"{}\" is already in use", name)};
  };
  const auto accept = [&](const char* member, const std::set<std::string>& used, const char* reason) {
    const std::string name = ReadString(wanted, member);
    if (used.contains(name)) return refuse(reason, name);
    accepted[member] = name;
  };
  accept("plural", taken.resources, "PluralConflict");
  accept("singular", taken.resources, "SingularConflict");
  std::vector<std::string> in_use;
  for (const std::string& name : api::ReadStrings(wanted, "shortNames")) {
    if (taken.resources.contains(name)) in_use.push_back(fmt::format("\"{}\" is already in use", name));
  }
  if (in_use.empty()) {
    api::Carry(wanted, "shortNames", accepted);
  } else {
    conflict = {"ShortNamesConflict", fmt::format("{}", fmt::join(in_use, ", "))};
    if (in_use.size() > 1) conflict.message = "[" + conflict.message + "]";
  }
  accept("kind", taken.kinds, "KindConflict");
  accept("listKind", taken.kinds, "ListKindConflict");
  api::Carry(wanted, "categories", accepted);
  return conflict;
}

void SayRules(const Json& definition, WallTime now, Json& conditions) {
  std::vector<std::string> rules;
  const Json& versions = api::Items(SpecOf(definition), "versions");
  for (size_t i = 0; i < versions.size(); ++i) {
    const api::Path path = api::Path("spec.versions")[i] / "schema" / "openAPIV3Schema";
    const Json& schema = Member(Member(versions[i], "schema"), "openAPIV3Schema");
    for (std::string& rule : api::custom::UnevaluatedRules(schema, path, kMostNamedRules + 1)) {
      rules.push_back(std::move(rule));
    }
  }
  if (rules.empty()) return RemoveCondition(kRulesCondition, conditions);
  const bool more = rules.size() > kMostNamedRules;
  rules.resize(std::min(rules.size(), kMostNamedRules));
  SetCondition({kRulesCondition, "True", "ExpressionsNotSupported",
                fmt::format("this agent does not evaluate x-kubernetes-validations: {}{}", fmt::join(rules, "; "),
                            more ? "; and more" : "")},
               now, conditions);
}

void AddStoredVersion(const Json& definition, Json& status) {
  for (const Json& version : api::Items(SpecOf(definition), "versions")) {
    const std::string name = ReadString(version, "name");
    const auto stored = api::ReadStrings(status, "storedVersions");
    const bool known = std::find(stored.begin(), stored.end(), name) != stored.end();
    if (api::ReadBool(version, "storage") && !known) status["storedVersions"].push_back(name);
  }
}

/// Names, and whether they make the kind served.
Json NamedStatus(const Json& definition, const std::vector<const Json*>& others, WallTime now) {
  Json status = Member(definition, "status");
  if (!status.is_object()) status = Json::object();
  Json& accepted = status["acceptedNames"];
  if (!accepted.is_object()) accepted = Json::object();
  const Conflict conflict = AcceptNames(Member(SpecOf(definition), "names"), Taken(definition, others), accepted);
  for (const char* member : {"kind", "plural"}) {
    if (!accepted.contains(member)) accepted[member] = "";
  }
  Json& conditions = status["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  if (conflict.reason.empty()) {
    SetCondition({"NamesAccepted", "True", "NoConflicts", "no conflicts found"}, now, conditions);
  } else {
    SetCondition({"NamesAccepted", "False", conflict.reason, conflict.message}, now, conditions);
  }
  if (!IsTrue(status, "Established")) {
    if (conflict.reason.empty()) {
      SetCondition({"Established", "True", "InitialNamesAccepted", "the initial names have been accepted"}, now,
                   conditions);
    } else {
      SetCondition({"Established", "False", "NotAccepted", "not all names are accepted"}, now, conditions);
    }
  }
  return status;
}

}  // namespace

Json NextStatus(const Json& definition, const std::vector<const Json*>& others, WallTime now) {
  Json status = NamedStatus(definition, others, now);
  SayRules(definition, now, status["conditions"]);
  AddStoredVersion(definition, status);
  return status;
}

std::vector<Served> PlanServed(const std::vector<const Json*>& definitions, WallTime now) {
  std::vector<const Json*> order = definitions;
  const auto rank = [](const Json* definition) {
    const Json& metadata = Member(*definition, "metadata");
    return std::make_tuple(!IsEstablished(*definition), ReadString(metadata, "creationTimestamp"),
                           ReadString(metadata, "name"));
  };
  std::sort(order.begin(), order.end(), [&](const Json* a, const Json* b) { return rank(a) < rank(b); });
  // Each is judged beside what those before it became.
  std::vector<Json> judged(order.size());
  std::vector<const Json*> others;
  std::vector<Served> served;
  for (const Json* definition : order) {
    if (IsEstablished(*definition)) others.push_back(definition);
  }
  for (size_t i = 0; i < order.size(); ++i) {
    Json status = NamedStatus(*order[i], others, now);
    const bool serves = IsTrue(status, "Established");
    if (serves && !IsEstablished(*order[i])) {
      judged[i] = {{"metadata", {{"name", ReadString(Member(*order[i], "metadata"), "name")}}},
                   {"spec", {{"group", ReadString(SpecOf(*order[i]), "group")}}},
                   {"status", status}};
      others.push_back(&judged[i]);
    }
    if (serves) served.push_back({order[i], std::move(status)});
  }
  std::sort(served.begin(), served.end(), [](const Served& a, const Served& b) {
    return ReadString(Member(*a.definition, "metadata"), "name") <
           ReadString(Member(*b.definition, "metadata"), "name");
  });
  return served;
}

void SayTerminating(const char* status, const char* reason, const char* message, WallTime now, Json& conditions) {
  if (!conditions.is_array()) conditions = Json::array();
  SetCondition({"Terminating", status, reason, message}, now, conditions);
}

}  // namespace ordinal::controllers::definitions
