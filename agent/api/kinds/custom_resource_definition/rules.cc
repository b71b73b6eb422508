#include "agent/api/kinds/custom_resource_definition/rules.h"

#include <algorithm>
#include <set>

#include "agent/api/read.h"

namespace ordinal::api {
namespace {

constexpr char kRequiredValue[] = "Required value";

std::string Lowered(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

void CheckGroup(const Json& body, Faults& faults) {
  const std::string group = ReadString(Member(body, "spec"), "group");
  const Path path("spec.group");
  if (group.empty()) return faults.Required(path, kRequiredValue);
  if (auto complaint = CheckDnsSubdomain(group)) return faults.Invalid(path, group, *complaint);
  if (group.find('.') == std::string::npos) {
    return faults.Invalid(path, group, "should be a domain with at least one dot");
  }
  if (StoreKind(group + "/v1", "a") == "a") {
    return faults.Add(path, kNotSupported,
                      Faults::Quote(group) + " is a group of the agent's own kinds: not supported");
  }
  if (!group.ends_with(".k8s.io") && !group.ends_with(".kubernetes.io")) return;
  constexpr char kApproval[] = "api-approved.kubernetes.io";
  const std::string approval = ReadString(Member(Member(body, "metadata"), "annotations"), kApproval);
  const Path at = Path("metadata.annotations")[kApproval];
  if (approval.empty()) {
    faults.Required(at,
                    "Required value: protected groups must have approval annotation \"api-approved.kubernetes.io\", "
                    "see https://github.com/kubernetes/enhancements/pull/1111");
  } else if (!approval.starts_with("unapproved") && approval.find("://") == std::string::npos) {
    faults.Invalid(
        at, approval,
        "protected groups must have approval annotation \"api-approved.kubernetes.io\" with either a URL or a "
        "reason starting with \"unapproved\", see https://github.com/kubernetes/enhancements/pull/1111");
  }
}

void CheckNames(const Json& names, const Path& path, Faults& faults) {
  for (const char* member : {"plural", "singular", "kind", "listKind"}) {
    const std::string name = ReadString(names, member);
    const bool mixed = std::string_view(member).ends_with("ind");
    if (name.empty()) {
      faults.Required(path / member, kRequiredValue);
    } else if (auto complaint = CheckDns1035Label(mixed ? Lowered(name) : name)) {
      faults.Invalid(path / member, name,
                     (mixed ? "may have mixed case, but should otherwise match: " : "") + *complaint);
    }
  }
  for (const char* member : {"shortNames", "categories"}) {
    const auto words = ReadStrings(names, member);
    for (size_t i = 0; i < words.size(); ++i) {
      if (auto complaint = CheckDns1035Label(words[i])) faults.Invalid((path / member)[i], words[i], *complaint);
    }
  }
  const std::string kind = ReadString(names, "kind");
  if (!kind.empty() && kind == ReadString(names, "listKind")) {
    faults.Invalid(path / "listKind", kind, "kind and listKind may not be the same");
  }
}

void CheckVersions(const Json& spec, Faults& faults) {
  const Json& versions = Items(spec, "versions");
  const Path path("spec.versions");
  std::set<std::string> names;
  size_t stored = 0;
  for (size_t i = 0; i < versions.size(); ++i) {
    const std::string name = ReadString(versions[i], "name");
    stored += ReadBool(versions[i], "storage") ? 1 : 0;
    if (auto complaint = CheckDns1035Label(name)) faults.Invalid(path[i] / "name", name, *complaint);
    if (!names.insert(name).second) faults.Add(path, kInvalid, "Invalid value: must contain unique version names");
    ValidateDefinitionVersion(spec, i, faults);
  }
  if (stored != 1) {
    faults.Add(path, kInvalid, "Invalid value: must have exactly one version marked as storage version");
  }
}

void CheckConversion(const Json& spec, Faults& faults) {
  const Json& conversion = Member(spec, "conversion");
  const Path path("spec.conversion");
  const std::string strategy = ReadString(conversion, "strategy", "None");
  if (strategy == "Webhook") {
    faults.Add(path / "strategy", kNotSupported, "this agent does not support webhook conversion; write None");
  } else if (strategy != "None") {
    faults.Add(path / "strategy", kNotSupported,
               "Unsupported value: " + Faults::Quote(strategy) + R"(: supported values: "None", "Webhook")");
  } else if (conversion.contains("webhook")) {
    faults.Forbidden(path / "webhook", "Forbidden: should not be set when strategy is not set to Webhook");
  }
}

bool IsEstablished(const Json& body) {
  for (const Json& condition : Items(Member(body, "status"), "conditions")) {
    if (ReadString(condition, "type") == "Established") return ReadString(condition, "status") == "True";
  }
  return false;
}

}  // namespace

void ValidateDefinition(const Json& body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json& spec = Member(body, "spec");
  const std::string name = ReadString(Member(body, "metadata"), "name");
  const Json& names = Member(spec, "names");
  if (name != ReadString(names, "plural") + "." + ReadString(spec, "group")) {
    faults.Invalid(Path("metadata.name"), name, "must be spec.names.plural+\".\"+spec.group");
  }
  CheckGroup(body, faults);
  const std::string scope = ReadString(spec, "scope");
  if (scope.empty()) {
    faults.Required(Path("spec.scope"), kRequiredValue);
  } else if (scope != "Cluster" && scope != "Namespaced") {
    faults.Add(Path("spec.scope"), kNotSupported,
               "Unsupported value: " + Faults::Quote(scope) + R"(: supported values: "Cluster", "Namespaced")");
  }
  CheckNames(names, Path("spec.names"), faults);
  CheckVersions(spec, faults);
  CheckConversion(spec, faults);
  if (ReadBool(spec, "preserveUnknownFields")) {
    faults.Add(Path("spec.preserveUnknownFields"), kInvalid,
               "Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in "
               "spec.versions[*].schema instead");
  }
}

void ValidateDefinitionUpdate(const Json& body, const Json& old_body, std::vector<FieldError>& errors) {
  Faults faults(errors);
  const Json &spec = Member(body, "spec"), &old_spec = Member(old_body, "spec");
  const auto keep = [&](const Json& now, const Json& before, const char* member, const Path& path) {
    const std::string value = ReadString(now, member);
    if (value != ReadString(before, member)) faults.Invalid(path / member, value, "field is immutable");
  };
  const Json &names = Member(spec, "names"), &old_names = Member(old_spec, "names");
  if (IsEstablished(old_body)) {
    keep(spec, old_spec, "scope", Path("spec"));
    keep(names, old_names, "kind", Path("spec.names"));
  }
  keep(spec, old_spec, "group", Path("spec"));
  keep(names, old_names, "plural", Path("spec.names"));
  const auto stored = ReadStrings(Member(body, "status"), "storedVersions");
  std::set<std::string> known;
  for (const Json& version : Items(spec, "versions")) known.insert(ReadString(version, "name"));
  for (size_t i = 0; i < stored.size(); ++i) {
    if (known.contains(stored[i])) continue;
    faults.Invalid(Path("status.storedVersions")[i], stored[i],
                   "missing from spec.versions; " + stored[i] +
                       " was previously a storage version, and must remain in spec.versions until a storage migration "
                       "ensures no data remains persisted in " +
                       stored[i] + " and removes " + stored[i] + " from status.storedVersions");
  }
}

void ValidateDefinitionStatus(const Json& body, const Json&, std::vector<FieldError>& errors) {
  const Path path("status.storedVersions");
  const auto stored = ReadStrings(Member(body, "status"), "storedVersions");
  const std::string shown = Json(stored).dump();
  Faults faults(errors);
  const auto refuse = [&](const std::string& why) {
    faults.Add(path, kInvalid, "Invalid value: " + shown + ": " + why);
  };
  if (stored.empty()) return refuse("must have at least one stored version");
  for (const Json& version : Items(Member(body, "spec"), "versions")) {
    const std::string name = ReadString(version, "name");
    const bool known = std::find(stored.begin(), stored.end(), name) != stored.end();
    if (ReadBool(version, "storage") && !known) refuse("must have the storage version " + name);
  }
}

}  // namespace ordinal::api
