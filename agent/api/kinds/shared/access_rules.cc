#include "agent/api/kinds/shared/access_rules.h"

#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr char kServiceAccountSubject[] = "ServiceAccount";
// Ours: every request of whoever has the role goes through these.
constexpr size_t kMostNames = 10'000, kMostSubjects = 10'000, kMostRules = 1'000, kMostWords = 1'000;
constexpr size_t kLongestWord = 512, kLongestPath = 4'096;  // bytes

void BoundWords(const std::vector<std::string>& words, const Path& path, size_t most, size_t longest, Faults& faults) {
  if (words.size() > most) return faults.TooMany(path, words.size(), most);
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i].size() <= longest) continue;
    faults.Add(path[i], kTooLong, "Too long: may not be more than " + std::to_string(longest) + " bytes");
  }
}

/// Whatever a role says is looked through for every request of whoever has it.
void BoundRule(const PolicyRule& rule, const Path& path, Faults& faults) {
  BoundWords(rule.verbs, path / "verbs", kMostWords, kLongestWord, faults);
  BoundWords(rule.groups, path / "apiGroups", kMostWords, kLongestWord, faults);
  BoundWords(rule.resources, path / "resources", kMostWords, kLongestWord, faults);
  BoundWords(rule.names, path / "resourceNames", kMostNames, kLongestWord, faults);
  BoundWords(rule.paths, path / "nonResourceURLs", kMostWords, kLongestPath, faults);
}

void ValidatePaths(const PolicyRule& rule, RulesOf of, const Path& path, Faults& faults) {
  const std::string value = Json(rule.paths).dump();
  if (of == RulesOf::kNamespace) {
    faults.Invalid(path, value, "namespaced rules cannot apply to non-resource URLs");
  }
  if (!rule.groups.empty() || !rule.resources.empty() || !rule.names.empty()) {
    faults.Invalid(path, value, "rules cannot apply to both regular resources and non-resource URLs");
  }
}

void NotSupported(const Path& path, const std::string& value, const std::string& supported, Faults& faults) {
  faults.Add(path, kNotSupported, "Unsupported value: " + Faults::Quote(value) + ": supported values: " + supported);
}

void ValidateSubject(const AccessSubject& subject, RulesOf of, const Path& path, Faults& faults) {
  if (subject.name.empty()) faults.Required(path / "name");
  const bool account = subject.kind == kServiceAccountSubject;
  if (!account && subject.kind != kUserSubject && subject.kind != kGroupSubject) {
    return NotSupported(path / "kind", subject.kind, R"("Group", "ServiceAccount", "User")", faults);
  }
  const std::string group(account ? std::string_view() : kAccessGroup);
  if (subject.group != group) NotSupported(path / "apiGroup", subject.group, Faults::Quote(group), faults);
  if (!account) return;
  faults.Syntax(path / "name", subject.name, CheckDnsSubdomain);
  if (of == RulesOf::kCluster && subject.ns.empty()) faults.Required(path / "namespace");
}

std::string RoleCell(const Json& body) {
  const RoleRef role = RoleRef::From(body);
  return role.kind + "/" + role.name;
}

/// The subjects of a kind, as `kubectl get -o wide` lists them.
std::string SubjectsCell(const std::vector<AccessSubject>& subjects, std::string_view kind) {
  std::vector<std::string> named;
  for (const AccessSubject& each : subjects) {
    if (each.kind == kind) named.push_back(kind == kServiceAccountSubject ? each.ns + "/" + each.name : each.name);
  }
  return Join(named, ", ");
}

}  // namespace

void ValidateRules(const Json& rules, RulesOf of, Faults& faults) {
  if (rules.is_array() && rules.size() > kMostRules) return faults.TooMany(Path("rules"), rules.size(), kMostRules);
  for (size_t i = 0; rules.is_array() && i < rules.size(); ++i) {
    const Path path = Path("rules")[i];
    const PolicyRule rule = PolicyRule::From(rules[i]);
    BoundRule(rule, path, faults);
    if (rule.verbs.empty()) faults.Required(path / "verbs", "verbs must contain at least one value");
    if (!rule.paths.empty()) {
      ValidatePaths(rule, of, path / "nonResourceURLs", faults);
      continue;
    }
    if (rule.groups.empty()) {
      faults.Required(path / "apiGroups", "resource rules must supply at least one api group");
    }
    if (rule.resources.empty()) {
      faults.Required(path / "resources", "resource rules must supply at least one resource");
    }
  }
}

void ValidateBinding(const Json& body, RulesOf of, Faults& faults) {
  const RoleRef role = RoleRef::From(body);
  const Path path("roleRef");
  if (role.group != kAccessGroup) {
    NotSupported(path / "apiGroup", role.group, Faults::Quote(std::string(kAccessGroup)), faults);
  }
  const bool for_all = role.kind == "ClusterRole";
  if (!for_all && (of == RulesOf::kCluster || role.kind != "Role")) {
    const char* supported = of == RulesOf::kCluster ? R"("ClusterRole")" : R"("ClusterRole", "Role")";
    NotSupported(path / "kind", role.kind, supported, faults);
  }
  faults.Named(path / "name", role.name, CheckPathSegment);
  const std::vector<AccessSubject> subjects = ReadSubjects(body);
  if (subjects.size() > kMostSubjects) return faults.TooMany(Path("subjects"), subjects.size(), kMostSubjects);
  for (size_t i = 0; i < subjects.size(); ++i) ValidateSubject(subjects[i], of, Path("subjects")[i], faults);
}

void ValidateBindingUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  if (RoleRef::From(body) == RoleRef::From(old_body)) return;
  Faults(errors).Invalid(Path("roleRef"), Member(body, "roleRef").dump(), "cannot change roleRef");
}

void SetBindingDefaults(Json& body) {
  Json* ref = body.contains("roleRef") && body["roleRef"].is_object() ? &body["roleRef"] : nullptr;
  if (ref != nullptr && ReadString(*ref, "apiGroup").empty()) (*ref)["apiGroup"] = kAccessGroup;
  if (!body.contains("subjects") || !body["subjects"].is_array()) return;
  for (Json& subject : body["subjects"]) {
    const std::string kind = ReadString(subject, "kind");
    const bool named = kind == kUserSubject || kind == kGroupSubject;
    if (named && ReadString(subject, "apiGroup").empty()) subject["apiGroup"] = kAccessGroup;
  }
}

Grants BindingGrants(const Json& body) {
  Grants grants;
  grants.of_role = RoleRef::From(body);
  return grants;
}

Json RoleCells(const Json& body, WallTime) {
  return {NameCell(body), TextCell(body, {"metadata", "creationTimestamp"})};
}

Json BindingCells(const Json& body, WallTime now) {
  const std::vector<AccessSubject> subjects = ReadSubjects(body);
  return {NameCell(body),
          RoleCell(body),
          AgeCell(body, now),
          SubjectsCell(subjects, kUserSubject),
          SubjectsCell(subjects, kGroupSubject),
          SubjectsCell(subjects, kServiceAccountSubject)};
}

}  // namespace ordinal::api
