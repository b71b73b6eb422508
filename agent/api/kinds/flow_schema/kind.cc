#include <initializer_list>

#include "agent/api/faults.h"
#include "agent/api/kinds/flow_schema/fields.h"
#include "agent/api/kinds/kinds.h"
#include "agent/api/kinds/shared/cells.h"
#include "agent/api/read.h"

namespace ordinal::api::kinds::of_flow_schema {
namespace {

constexpr int64_t kLastPrecedence = 10000;

void ValidateSubject(const Json& subject, const Path& path, Faults& faults) {
  const std::string kind = ReadString(subject, "kind");
  if (kind.empty()) return faults.Required(path / "kind");
  faults.OneOf(path / "kind", kind, {"Group", "ServiceAccount", "User"});
  const std::string_view member = kind == "User" ? "user" : kind == "Group" ? "group" : "serviceAccount";
  const Json& named = Member(subject, member);
  if (!named.is_object()) {
    return faults.Required(path / member, std::string(member) + " is required when subject kind is '" + kind + "'");
  }
  if (ReadString(named, "name").empty()) faults.Required(path / member / "name");
  if (kind == "ServiceAccount" && ReadString(named, "namespace").empty()) faults.Required(path / member / "namespace");
}

void ValidateWords(const Json& rule, const Path& path, std::initializer_list<std::string_view> members,
                   Faults& faults) {
  for (const std::string_view member : members) {
    if (ReadStrings(rule, member).empty()) faults.Required(path / member);
  }
}

void ValidateFlowRule(const Json& rule, const Path& path, Faults& faults) {
  const Json& subjects = Items(rule, "subjects");
  if (subjects.empty()) faults.Required(path / "subjects", "subjects must contain at least one value");
  for (size_t i = 0; i < subjects.size(); ++i) ValidateSubject(subjects[i], (path / "subjects")[i], faults);
  const Json &resources = Items(rule, "resourceRules"), &paths = Items(rule, "nonResourceRules");
  if (resources.empty() && paths.empty()) {
    faults.Required(path, "at least one of resourceRules and nonResourceRules has to be non-empty");
  }
  for (size_t i = 0; i < resources.size(); ++i) {
    ValidateWords(resources[i], (path / "resourceRules")[i], {"verbs", "apiGroups", "resources"}, faults);
  }
  for (size_t i = 0; i < paths.size(); ++i) {
    ValidateWords(paths[i], (path / "nonResourceRules")[i], {"verbs", "nonResourceURLs"}, faults);
  }
}

void Validate(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const Path path("spec");
  const int64_t precedence = ReadInt(spec, "matchingPrecedence");
  faults.Range(path / "matchingPrecedence", precedence, 1, kLastPrecedence);
  if (precedence == 1 && NameCell(body) != "exempt") {
    faults.Invalid(path / "matchingPrecedence", precedence,
                   "only the schema named 'exempt' may have matchingPrecedence 1");
  }
  faults.Named(path / "priorityLevelConfiguration" / "name",
               ReadString(Member(spec, "priorityLevelConfiguration"), "name"), CheckDnsSubdomain);
  if (const Json& method = Member(spec, "distinguisherMethod"); method.is_object()) {
    const std::string type = ReadString(method, "type");
    if (type.empty()) faults.Required(path / "distinguisherMethod" / "type");
    faults.OneOf(path / "distinguisherMethod" / "type", type, {"ByNamespace", "ByUser"});
  }
  const Json& rules = Items(spec, "rules");
  for (size_t i = 0; i < rules.size(); ++i) ValidateFlowRule(rules[i], (path / "rules")[i], faults);
}

void Warn(const Json&, std::vector<std::string>& warnings) {
  warnings.emplace_back("spec: it is kept and has no effect: requests to this API have limits of their own");
}

std::string MissingLevel(const Json& body) {
  for (const Json& condition : Items(Member(body, "status"), "conditions")) {
    if (ReadString(condition, "type") == "Dangling") return ReadString(condition, "status");
  }
  return "?";
}

Json Cells(const Json& body, WallTime now) {
  return {NameCell(body),
          TextCell(body, {"spec", "priorityLevelConfiguration", "name"}, "<none>"),
          ReadInt(Member(body, "spec"), "matchingPrecedence"),
          TextCell(body, {"spec", "distinguisherMethod", "type"}, "<none>"),
          AgeCell(body, now),
          MissingLevel(body)};
}

constexpr std::string_view kSubresources[] = {"status"};

Json FirstStatus(const Json&, WallTime) { return Json::object(); }

constexpr Column kColumns[] = {
    kNameColumn,
    {"PriorityLevel", "string", "", "The level of the requests.", 0},
    {"MatchingPrecedence", "string", "", "Of several that match the smallest counts.", 0},
    {"DistinguisherMethod", "string", "", "What makes a flow of its own.", 0},
    kAgeColumn,
    {"MissingPL", "string", "", "Whether the level is not there.", 0},
};

}  // namespace

constinit const KindInfo kKind{
    .group = "flowcontrol.apiserver.k8s.io",
    .version = "v1",
    .kind = "FlowSchema",
    .plural = "flowschemas",
    .singular = "flowschema",
    .short_names = {},
    .namespaced = false,
    .schema = &schema::kFlowSchema,
    .old_versions = {},
    .validate = Validate,
    .warn = Warn,
    .in_manifests = true,
    .subresources = kSubresources,
    .columns = kColumns,
    .cells = Cells,
    .first_status = FirstStatus,
    .counts_generation = true,
};

}  // namespace ordinal::api::kinds::of_flow_schema
