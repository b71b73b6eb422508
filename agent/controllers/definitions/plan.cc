#include "agent/controllers/definitions/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
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

/// Which definitions of a group have which names: each name with the names of its definitions.
struct GroupNames {
  using Holders = std::map<std::string, std::set<std::string>>;
  Holders resources, kinds;

  void Add(const std::string& definition, const Json& accepted) {
    const auto add = [&](Holders& holders, const std::string& name) {
      if (!name.empty()) holders[name].insert(definition);
    };
    for (const char* member : {"plural", "singular"}) add(resources, ReadString(accepted, member));
    for (const std::string& name : api::ReadStrings(accepted, "shortNames")) add(resources, name);
    for (const char* member : {"kind", "listKind"}) add(kinds, ReadString(accepted, member));
  }
};

std::string NameOf(const Json& definition) { return ReadString(Member(definition, "metadata"), "name"); }
std::string GroupOf(const Json& definition) { return ReadString(SpecOf(definition), "group"); }

/// What the others of a group are called.
class Taken {
 public:
  Taken(const GroupNames& names, std::string definition) : names_(names), definition_(std::move(definition)) {}

  bool HasResource(const std::string& name) const { return HasAnother(names_.resources, name); }
  bool HasKind(const std::string& name) const { return HasAnother(names_.kinds, name); }

 private:
  bool HasAnother(const GroupNames::Holders& holders, const std::string& name) const {
    const auto found = holders.find(name);
    return found != holders.end() && found->second.size() > found->second.count(definition_);
  }

  const GroupNames& names_;
  const std::string definition_;
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
  const auto accept = [&](const char* member, bool used, const char* reason) {
    const std::string name = ReadString(wanted, member);
    if (used) return refuse(reason, name);
    accepted[member] = name;
  };
  const auto resource = [&](const char* member) { return taken.HasResource(ReadString(wanted, member)); };
  const auto kind = [&](const char* member) { return taken.HasKind(ReadString(wanted, member)); };
  accept("plural", resource("plural"), "PluralConflict");
  accept("singular", resource("singular"), "SingularConflict");
  std::vector<std::string> in_use;
  for (const std::string& name : api::ReadStrings(wanted, "shortNames")) {
    if (taken.HasResource(name)) in_use.push_back(fmt::format("\"{}\" is already in use", name));
  }
  if (in_use.empty()) {
    api::Carry(wanted, "shortNames", accepted);
  } else {
    conflict = {"ShortNamesConflict", fmt::format("{}", fmt::join(in_use, ", "))};
    if (in_use.size() > 1) conflict.message = "[" + conflict.message + "]";
  }
  accept("kind", kind("kind"), "KindConflict");
  accept("listKind", kind("listKind"), "ListKindConflict");
  api::Carry(wanted, "categories", accepted);
  return conflict;
}

void SayRules(const std::string& rules, WallTime now, Json& conditions) {
  if (rules.empty()) return RemoveCondition(kRulesCondition, conditions);
  SetCondition({kRulesCondition, "True", "ExpressionsNotSupported", rules}, now, conditions);
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
Json NamedStatus(const Json& definition, const GroupNames& names, WallTime now) {
  Json status = Member(definition, "status");
  if (!status.is_object()) status = Json::object();
  Json& accepted = status["acceptedNames"];
  if (!accepted.is_object()) accepted = Json::object();
  const Conflict conflict =
      AcceptNames(Member(SpecOf(definition), "names"), Taken(names, NameOf(definition)), accepted);
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

std::string IgnoredRules(const Json& definition) {
  std::vector<std::string> rules;
  const Json& versions = api::Items(SpecOf(definition), "versions");
  for (size_t i = 0; i < versions.size(); ++i) {
    const api::Path path = api::Path("spec.versions")[i] / "schema" / "openAPIV3Schema";
    const Json& schema = Member(Member(versions[i], "schema"), "openAPIV3Schema");
    for (std::string& rule : api::custom::UnevaluatedRules(schema, path, kMostNamedRules + 1)) {
      rules.push_back(std::move(rule));
    }
  }
  if (rules.empty()) return {};
  const bool more = rules.size() > kMostNamedRules;
  rules.resize(std::min(rules.size(), kMostNamedRules));
  return fmt::format("this agent does not evaluate x-kubernetes-validations: {}{}", fmt::join(rules, "; "),
                     more ? "; and more" : "");
}

Json NextStatus(const Json& definition, const std::vector<const Json*>& others, const std::string& ignored_rules,
                WallTime now) {
  GroupNames names;
  const std::string group = GroupOf(definition);
  for (const Json* other : others) {
    if (GroupOf(*other) == group) names.Add(NameOf(*other), Member(Member(*other, "status"), "acceptedNames"));
  }
  Json status = NamedStatus(definition, names, now);
  SayRules(ignored_rules, now, status["conditions"]);
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
  std::map<std::string, GroupNames> by_group;
  std::vector<Served> served;
  for (const Json* definition : order) {
    if (!IsEstablished(*definition)) continue;
    by_group[GroupOf(*definition)].Add(NameOf(*definition), Member(Member(*definition, "status"), "acceptedNames"));
  }
  for (const Json* definition : order) {
    GroupNames& names = by_group[GroupOf(*definition)];
    Json status = NamedStatus(*definition, names, now);
    if (!IsTrue(status, "Established")) continue;
    if (!IsEstablished(*definition)) names.Add(NameOf(*definition), status["acceptedNames"]);
    served.push_back({definition, std::move(status)});
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
